//! Projections, told as histories.

mod audit;
mod chance;
mod diff;
mod model;
mod story;
mod table;
