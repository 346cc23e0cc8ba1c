//! Floor 5. The doors: how people and programs come in.

pub mod verify;
