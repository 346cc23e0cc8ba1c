//! The route table: what is there, listed, told and routed from the same lines.

use super::Site;
use super::openapi::Operation;
use axum::Router;
use axum::routing::MethodRouter;
use std::sync::Arc;

/// A route of which the document does not know yet what it is.
pub(super) struct Untold {
    method: &'static str,
    route: MethodRouter<Arc<Site>>,
}

impl Untold {
    pub(super) fn new(method: &'static str, route: MethodRouter<Arc<Site>>) -> Self {
        Self { method, route }
    }

    /// The same with another bound, or whatever else stands around it.
    pub(super) fn inside(
        self,
        layer: impl FnOnce(MethodRouter<Arc<Site>>) -> MethodRouter<Arc<Site>>,
    ) -> Self {
        Self { route: layer(self.route), ..self }
    }

    /// Says what it is.
    pub(super) fn told(self, operation: Operation) -> Way {
        Way { methods: vec![(self.method, Some(operation))], route: self.route }
    }

    /// It speaks another system's words: that system's documents tell what it is.
    pub(super) fn told_elsewhere(self) -> Way {
        Way { methods: vec![(self.method, None)], route: self.route }
    }
}

/// What is done at a path, by which methods.
pub(super) struct Way {
    methods: Vec<(&'static str, Option<Operation>)>,
    route: MethodRouter<Arc<Site>>,
}

impl Way {
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
    /// What each is that the document tells of.
    pub(super) operations: Vec<(&'static str, String, Operation)>,
}

impl Table {
    pub(super) fn new() -> Self {
        Self { router: Router::new(), listed: Vec::new(), operations: Vec::new() }
    }

    pub(super) fn at(mut self, path: &str, way: Way) -> Self {
        for (method, operation) in way.methods {
            self.listed.push((method, path.to_owned()));
            let operation = operation.map(|operation| (method, path.to_owned(), operation));
            self.operations.extend(operation);
        }
        self.router = self.router.route(path, way.route);
        self
    }
}
