//! The route table: what is there, listed and routed from the same lines.

use super::Site;
use axum::Router;
use axum::routing::MethodRouter;
use std::sync::Arc;

/// What is done at a path, by which methods.
pub(super) struct Way {
    pub(super) methods: Vec<&'static str>,
    pub(super) route: MethodRouter<Arc<Site>>,
}

impl Way {
    pub(super) fn new(method: &'static str, route: MethodRouter<Arc<Site>>) -> Self {
        Self { methods: vec![method], route }
    }

    /// Something else at the same path, by another method.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.methods.extend(other.methods);
        Self { methods: self.methods, route: self.route.merge(other.route) }
    }
}

/// Every route there is.
pub(super) struct Table {
    pub(super) router: Router<Arc<Site>>,
    /// Method and path of each.
    pub(super) listed: Vec<(&'static str, String)>,
}

impl Table {
    pub(super) fn new() -> Self {
        Self { router: Router::new(), listed: Vec::new() }
    }

    pub(super) fn at(mut self, path: &str, way: Way) -> Self {
        self.listed.extend(way.methods.iter().map(|method| (*method, path.to_owned())));
        self.router = self.router.route(path, way.route);
        self
    }
}
