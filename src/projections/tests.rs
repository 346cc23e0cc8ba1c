//! Projections, told as histories.

mod access;
mod audit;
mod chance;
mod diff;
mod erasures;
mod holdings;
mod model;
mod story;
mod table;
mod walk;
