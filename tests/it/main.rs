//! What the parts do together, through their public faces and on real files.

mod keyring;
