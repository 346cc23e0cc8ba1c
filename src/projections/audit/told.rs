//! What an event says, apart from its frame.

use super::Concern;
use crate::facts::Sealed;
use crate::projections::PersonalValue;
use serde_json::{Value, json};

/// What an event says, apart from its frame.
pub(super) struct Told {
    pub(super) concerns: Vec<Concern>,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
    pub(super) cause: Option<&'static str>,
}

impl Told {
    pub(super) fn about(concerns: impl IntoIterator<Item = Concern>) -> Self {
        let concerns = concerns.into_iter().collect();
        Self { concerns, before: None, after: None, cause: None }
    }

    pub(super) fn before(mut self, before: Value) -> Self {
        self.before = Some(before);
        self
    }

    pub(super) fn after(mut self, after: Value) -> Self {
        self.after = Some(after);
        self
    }

    /// The same, where something is said at all.
    pub(super) fn after_any(self, after: Value) -> Self {
        if after == json!({}) { self } else { self.after(after) }
    }

    pub(super) fn cause(mut self, cause: &'static str) -> Self {
        self.cause = Some(cause);
        self
    }
}

/// Absent fields are left out.
pub(super) fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect())
}

/// A personal value, as far as it is known.
pub(super) fn personal(sealed: Option<&Sealed>) -> Option<Value> {
    sealed.map(|sealed| json!(PersonalValue::from(sealed)))
}
