//! Who may ask a question. What may be wished is the law's to say.

use crate::facts::Permission;

/// What lets somebody ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Being an operator.
    Operator,
    /// Having come in: the answer holds what concerns them.
    CameIn,
    /// Having something to do with the organization.
    Belongs,
    /// Having the permission there; an auditor has every one that reads.
    Sees(Permission),
    /// The same; whoever lacks it still sees what is their own.
    SeesOwn(Permission),
}
