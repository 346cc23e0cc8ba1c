//! The OpenAPI document, made of the route table and of the types of the wire, and the page that
//! shows it.

mod operation;
mod page;
mod problems;
mod schemas;
mod text;

pub(super) use operation::Operation;

use super::reply::Reply;
use super::{Site, table};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use schemas::Schemas;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Real requests and answers, by operation. A test writes them and holds them to what happens.
const EXAMPLES: &str = include_str!("openapi/examples.json");

/// What the document says of the API as a whole.
const ABOUT: &str = include_str!("openapi/about.md");

static DOCUMENT: LazyLock<String> = LazyLock::new(|| written(&document()));

fn written(document: &Value) -> String {
    // A value is always written.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// The document as it is served, in JSON.
pub fn openapi() -> &'static str {
    &DOCUMENT
}

/// Serves the document.
pub(super) fn served(_: &Site) -> Reply {
    Reply::text("application/json", openapi().to_owned())
}

static PAGE: LazyLock<String> = LazyLock::new(|| page::page(&document()));

/// What the page may load: its own style, and nothing else from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// Serves the page.
pub(super) fn shown(_: &Site) -> Reply {
    let page = Reply::text("text/html; charset=utf-8", PAGE.clone());
    page.with_header(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))
}

/// Serves the page's style.
pub(super) fn styled(_: &Site) -> Reply {
    Reply::text("text/css; charset=utf-8", include_str!("openapi/style.css").to_owned())
}

fn document() -> Value {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for (method, path, operation) in table().operations {
        let example = &examples[&operation.id];
        let written = operation.written(tag(&path), &mut schemas, example);
        let item = paths.entry(operation::named(&path)).or_insert_with(|| json!({}));
        item[method.to_lowercase()] = written;
    }
    let mut all = schemas.all();
    all.insert("Problem".to_owned(), problems::schema());
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Rollbook",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A membership ledger: who belonged where, with which role, at any moment",
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "contact": { "name": "The operator of this server" },
        },
        "servers": [{ "url": "/", "description": "This server" }],
        "tags": tags(),
        "security": [{ "bearer": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "schemas": all,
            "responses": problems::responses(),
            "headers": headers(),
            "parameters": parameters(),
            "securitySchemes": {
                "bearer": {
                    "type": "http", "scheme": "bearer",
                    "description": "An operator's token, a token of an organization, or a user's own.",
                },
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "rollbook_session",
                    "description": "Whoever signed in; over HTTPS the cookie is called \
                        `__Host-rollbook_session`. What changes something needs an `Origin` of \
                        this server.",
                },
            },
        },
    });
    for kind in ["schemas", "responses", "headers", "parameters"] {
        leave_unused(&mut document, kind);
    }
    document
}

/// Takes out the components that nothing leads to, such as parameters, which stand where they are
/// taken.
fn leave_unused(document: &mut Value, kind: &str) {
    loop {
        let text = document.to_string();
        let components = document["components"][kind].as_object_mut();
        let Some(components) = components else { return };
        let before = components.len();
        components.retain(|name, _| text.contains(&format!("\"#/components/{kind}/{name}\"")));
        if components.len() == before {
            return;
        }
    }
}

/// Which chapter a path belongs to.
fn tag(path: &str) -> &'static str {
    let below = |place: &str| {
        let rest = path.strip_prefix("/v1/organizations/{org}/");
        rest.is_some_and(|rest| rest.split('/').next() == Some(place))
    };
    let beginnings = [
        ("/v1/me", "Account"),
        ("/v1/users", "Account"),
        ("/v1/email", "Signing in"),
        ("/v1/password", "Signing in"),
        ("/v1/sign", "Signing in"),
        ("/v1/invitations", "Invitations"),
        ("/v1/tokens", "Tokens"),
        ("/v1/head", "History"),
        ("/v1/history", "History"),
        ("/v1/log", "Proof"),
        ("/v1/backup", "Server"),
        ("/checkpoint", "Proof"),
        ("/tile", "Proof"),
    ];
    let places = [
        ("members", "Members"),
        ("invitations", "Invitations"),
        ("roles", "Roles"),
        ("teams", "Teams"),
        ("tokens", "Tokens"),
        ("auditors", "Auditors"),
        ("api-keys", "API keys"),
        ("history", "History"),
        ("changes", "History"),
        ("events", "History"),
        ("export", "History"),
        ("log", "Proof"),
    ];
    let found = beginnings.iter().find(|(beginning, _)| path.starts_with(beginning));
    let found = found.or_else(|| places.iter().find(|(place, _)| below(place)));
    match found {
        Some((_, tag)) => tag,
        None if path.starts_with("/v1/organizations") => "Organizations",
        None => "Server",
    }
}

fn tags() -> Value {
    let tags = [
        ("Organizations", "Tenants: how they begin, change and end."),
        ("Members", "Who belongs, what they hold, and what bounds them."),
        ("Invitations", "Whom somebody invited, and what became of it."),
        ("Roles", "What members hold, and what that allows."),
        ("Teams", "Groups of members."),
        ("Tokens", "Credentials for this API."),
        ("Auditors", "Who may read an organization without belonging to it."),
        ("API keys", "Keys that are used elsewhere, and whose they are."),
        ("History", "What happened, what changed between two moments, and the export."),
        ("Proof", "Checkpoints, tiles and proofs, for whoever trusts nobody."),
        ("Signing in", "How people come in."),
        ("Account", "What people do to their own account."),
        ("Server", "What machines ask about the server itself."),
    ];
    tags.map(|(name, description)| json!({ "name": name, "description": description })).into()
}

/// The headers that commands take.
fn parameters() -> Value {
    let parameter = |name: &str, description: &str, example: &str, schema: Value| {
        json!({
            "name": name, "in": "header", "required": false, "description": description,
            "example": example, "schema": schema,
        })
    };
    json!({
        "Rollbook-Actor": parameter(
            "Rollbook-Actor",
            "In whose name an operator gives the command.",
            "user:9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d",
            json!({
                "type": "string",
                "format": "user-actor",
                "pattern":
                    "^user:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
            }),
        ),
        "Idempotency-Key": parameter(
            "Idempotency-Key",
            "Names the request, so that it is done once however often it is sent within a day. The \
                same request is answered as before, without the secrets that are told once; \
                `omitted` names them. Another one under the same key is refused.",
            "4f0c9a1e-7d52-4b8e-9a3f-6f1d2c3b4a5e",
            json!({
                "type": "string", "minLength": 1, "maxLength": 255,
                "pattern": "^[!-~](?:[ -~]*[!-~])?$",
            }),
        ),
        "If-Match": parameter(
            "If-Match",
            "The `ETag` of what is to be changed: where it is another by now, nothing is recorded.",
            "\"7xgNQvJpTmS0yq3HnqPzKw\"",
            json!({
                "type": "string", "format": "entity-tag", "minLength": 1,
                "pattern": r#"^(?:\*|(?:W/)?"[!#-~]*"(?:, ?(?:W/)?"[!#-~]*"){0,15})$"#,
            }),
        ),
    })
}

fn headers() -> Value {
    let text =
        |description: &str| json!({ "description": description, "schema": { "type": "string" } });
    let number = |description: &str| json!({ "description": description, "schema": { "type": "integer", "minimum": 0 } });
    json!({
        "Rollbook-Seq": number("The seq of the last entry that the answer counts; absent: none."),
        "Rollbook-Request": text("Names the request, for whoever asks what became of it."),
        "Retry-After": number("After how many seconds the same may be tried again."),
        "ETag": text("The state of what was asked for, which a change can be bound to."),
        "Idempotency-Replayed": text("`true` where the answer was given before."),
        "Location": text("Where it is found."),
        "WWW-Authenticate": text("How to come in."),
        "Allow": text("The methods that the path takes."),
    })
}
