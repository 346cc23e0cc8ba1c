//! Projections, told as histories.

mod audit;
mod diff;
mod model;
mod story;
mod table;
