//! What is counted, in the Prometheus text format (version 0.0.4).

use axum::http::{Method, StatusCode};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Upper bounds of the histogram, in seconds. A read takes microseconds, a command one fdatasync.
const BOUNDS_SECONDS: [f64; 10] =
    [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 1.0, 10.0];

/// Counters since the server started. Every label comes from a closed list (routes, methods,
/// statuses, codes), so their number is bounded.
#[derive(Default)]
pub(super) struct Metrics(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    routes: BTreeMap<String, Route>,
    commands: BTreeMap<&'static str, u64>,
}

/// What was counted of a route.
#[derive(Default)]
struct Route {
    /// By method and status.
    requests: BTreeMap<(&'static str, u16), u64>,
    latency: Histogram,
}

#[derive(Default)]
struct Histogram {
    buckets: [u64; BOUNDS_SECONDS.len()],
    count: u64,
    sum_seconds: f64,
}

impl Metrics {
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request was answered.
    pub(super) fn answered(
        &self,
        route: Option<&str>,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        let name = route.unwrap_or("none");
        let seconds = took.as_secs_f64();
        let mut counted = self.counted();
        // Every request passes here: only the first of a route makes a text of its name.
        match counted.routes.get_mut(name) {
            Some(route) => route.answered(method, status, seconds),
            None => {
                let mut route = Route::default();
                route.answered(method, status, seconds);
                counted.routes.insert(name.to_owned(), route);
            }
        }
    }

    /// A command was accepted, or refused with that code.
    pub(super) fn decided(&self, code: &'static str) {
        *self.counted().commands.entry(code).or_default() += 1;
    }

    /// Everything that was counted.
    pub(super) fn write(&self, text: &mut String) {
        let counted = self.counted();
        // Writing into a text cannot fail.
        let _ = counted.write(text);
    }
}

impl Route {
    fn answered(&mut self, method: &Method, status: StatusCode, seconds: f64) {
        *self.requests.entry((name(method), status.as_u16())).or_default() += 1;
        self.latency.count += 1;
        self.latency.sum_seconds += seconds;
        for (bucket, bound) in self.latency.buckets.iter_mut().zip(BOUNDS_SECONDS) {
            *bucket += u64::from(seconds <= bound);
        }
    }
}

impl Counted {
    fn write(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "# HELP rollbook_commands_total Commands by what became of them.")?;
        writeln!(text, "# TYPE rollbook_commands_total counter")?;
        for (code, count) in &self.commands {
            writeln!(text, "rollbook_commands_total{{code=\"{code}\"}} {count}")?;
        }
        writeln!(text, "# HELP rollbook_requests_total Requests that were answered.")?;
        writeln!(text, "# TYPE rollbook_requests_total counter")?;
        for (route, Route { requests, .. }) in &self.routes {
            for ((method, status), count) in requests {
                writeln!(
                    text,
                    "rollbook_requests_total{{route=\"{route}\",method=\"{method}\",\
                     status=\"{status}\"}} {count}"
                )?;
            }
        }
        writeln!(text, "# HELP rollbook_request_seconds How long requests took.")?;
        writeln!(text, "# TYPE rollbook_request_seconds histogram")?;
        for (route, Route { latency, .. }) in &self.routes {
            let Histogram { buckets, count, sum_seconds } = latency;
            let name = "rollbook_request_seconds";
            for (bucket, bound) in buckets.iter().zip(BOUNDS_SECONDS) {
                writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"{bound}\"}} {bucket}")?;
            }
            writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {count}")?;
            writeln!(text, "{name}_sum{{route=\"{route}\"}} {sum_seconds}")?;
            writeln!(text, "{name}_count{{route=\"{route}\"}} {count}")?;
        }
        Ok(())
    }
}

/// A client may send any word as its method; only those we know get a label of their own.
pub(super) fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
