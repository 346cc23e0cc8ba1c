//! Floor 2. The law: what may happen, decided without clock, chance or storage.

pub mod role_sets;
