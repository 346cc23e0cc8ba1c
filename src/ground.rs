//! Floor 3. Where bytes go.

#[cfg(feature = "store")]
pub mod keyring;
#[cfg(feature = "store")]
pub mod vault;
