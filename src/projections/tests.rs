//! Projections, told as histories.

mod model;
mod story;
mod table;
