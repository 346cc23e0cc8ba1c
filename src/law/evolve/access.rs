//! Auditors, API keys and limits of one organization.

use crate::facts::event::{ApiKeyIssued, LimitsChanged};
use crate::law::state::{ApiKey, Bounds, Organization};

impl Organization {
    pub(super) fn own(&mut self, event: &ApiKeyIssued) {
        let key = ApiKey { member: event.member, user: event.user, name: event.name.clone() };
        self.api_keys.insert(event.key, key);
    }

    pub(super) fn bound(&mut self, event: &LimitsChanged) {
        let after = event.after.clone();
        let bounds = Bounds { budget: after.budget, rate: after.rate };
        if bounds == Bounds::default() {
            self.limits.remove(&event.user);
        } else {
            self.limits.insert(event.user, bounds);
        }
    }
}
