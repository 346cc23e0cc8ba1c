//! The settings of `rollbook serve`.

mod page;
mod refused;
mod whence;
