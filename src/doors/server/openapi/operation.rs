//! What an operation is: what it takes, what it answers, and how it is refused.

use super::problems;
use super::schemas::Schemas;
use crate::doors::wire::{Answer, Guard, Question, Recorded, SchemaOf, Told, Wish, schema_of};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Who may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Anybody.
    Open,
    /// Whoever came in.
    CameIn,
    /// Whoever came in, or has a link.
    Either,
}

/// What is answered when all is well.
#[derive(Clone)]
enum Content {
    Json(SchemaOf),
    /// Text of a type.
    Text(&'static str),
    /// Nothing but a place to go to.
    Place,
}

/// What is done by one method at one path.
#[derive(Clone)]
pub(in crate::doors::server) struct Operation {
    /// What it is called: unique, a verb first.
    pub(super) id: String,
    text: String,
    access: Access,
    is_command: bool,
    is_once: bool,
    is_bound: bool,
    is_tagged: bool,
    parts: Vec<(&'static str, SchemaOf)>,
    parameters: Option<SchemaOf>,
    body: Option<SchemaOf>,
    answers: Vec<(u16, Content)>,
    refused: BTreeSet<u16>,
}

/// What may happen to every request.
const ALWAYS: [u16; 3] = [400, 500, 503];

/// What a command may be refused with by the law and the writer.
const COMMANDS: [u16; 7] = [404, 409, 410, 413, 415, 422, 507];

impl Operation {
    /// An operation for whoever came in. The first line of its text says what it does.
    pub(in crate::doors::server) fn new(id: &str, text: &str) -> Self {
        Self {
            id: id.to_owned(),
            text: text.trim().to_owned(),
            access: Access::CameIn,
            is_command: false,
            is_once: false,
            is_bound: false,
            is_tagged: false,
            parts: Vec::new(),
            parameters: None,
            body: None,
            answers: Vec::new(),
            refused: ALWAYS.into_iter().chain([401, 403]).collect(),
        }
    }

    /// A question of the wire.
    pub(in crate::doors::server) fn question<Q>() -> Self
    where
        Q: Question<Parameters: JsonSchema, Answer: JsonSchema> + Told,
    {
        let text = format!("{}\n\n{}", Q::TEXT.trim(), guarded(Q::GUARD));
        let operation = Self::new(&format!("get{}", Q::NAME), &text);
        Self { parts: Q::parts(), is_tagged: Q::Answer::IS_TAGGED, ..operation }
            .asks::<Q::Parameters>()
            .tells::<Q::Answer>(200)
            .refuses(&[404, 410, 412, 422])
    }

    /// A wish of the wire.
    pub(in crate::doors::server) fn wish<W>() -> Self
    where
        W: Wish<Body: JsonSchema> + Told,
    {
        let (first, rest) = W::NAME.split_at(1);
        let operation = Self::new(&format!("{}{rest}", first.to_lowercase()), W::TEXT);
        let operation = Self { parts: W::parts(), is_command: true, ..operation };
        let operation = operation.takes::<W::Body>().refuses(&COMMANDS).once();
        match W::NAME {
            "SendInvitation" => operation.tells::<Recorded>(201).tells::<Recorded>(200),
            "CreateOrganization" | "AddMember" | "AcceptInvitation" | "DefineRole"
            | "CreateTeam" | "IssueToken" | "IssueApiKey" => operation.tells::<Recorded>(201),
            "EraseEverywhere" | "EraseHere" => operation.tells::<Recorded>(200),
            _ => Self { is_bound: true, ..operation.tells::<Recorded>(200) }.refuses(&[412]),
        }
    }

    /// It is a command: an operator gives it in somebody's name.
    pub(in crate::doors::server) fn commanded(self) -> Self {
        Self { is_command: true, ..self }.refuses(&COMMANDS)
    }

    /// It is answered again where it comes again under one idempotency key.
    pub(in crate::doors::server) fn once(self) -> Self {
        Self { is_once: true, ..self }.refuses(&[409, 422, 429, 507])
    }

    /// For anybody.
    pub(in crate::doors::server) fn open(mut self) -> Self {
        self.refused.retain(|status| !matches!(status, 401 | 403));
        Self { access: Access::Open, ..self }
    }

    /// For whoever has a link, too.
    pub(in crate::doors::server) fn or_by_link(self) -> Self {
        Self { access: Access::Either, ..self }
    }

    /// Something in its path.
    pub(in crate::doors::server) fn part<T: JsonSchema>(mut self, name: &'static str) -> Self {
        self.parts.push((name, schema_of::<T>));
        self.refuses(&[404])
    }

    /// Parameters behind the question mark.
    pub(in crate::doors::server) fn asks<T: JsonSchema>(self) -> Self {
        Self { parameters: Some(schema_of::<T>), ..self }
    }

    /// A body.
    pub(in crate::doors::server) fn takes<T: JsonSchema>(self) -> Self {
        Self { body: Some(schema_of::<T>), ..self }.refuses(&[413, 415])
    }

    /// An answer in JSON.
    pub(in crate::doors::server) fn tells<T: JsonSchema>(mut self, status: u16) -> Self {
        self.answers.push((status, Content::Json(schema_of::<T>)));
        self
    }

    /// An answer of another type.
    pub(in crate::doors::server) fn tells_text(mut self, status: u16, kind: &'static str) -> Self {
        self.answers.push((status, Content::Text(kind)));
        self
    }

    /// An answer that leads elsewhere.
    pub(in crate::doors::server) fn leads_on(mut self) -> Self {
        self.answers.push((302, Content::Place));
        self
    }

    /// Problems beside those that may always be.
    pub(in crate::doors::server) fn refuses(mut self, statuses: &[u16]) -> Self {
        self.refused.extend(statuses);
        self
    }

    /// What an account's own command may be refused with.
    pub(in crate::doors::server) fn of_account(self) -> Self {
        self.refuses(&COMMANDS).refuses(&[401, 403, 429])
    }

    /// The operation as the document has it.
    pub(super) fn written(&self, tag: &str, schemas: &mut Schemas, example: &Value) -> Value {
        let (summary, description) = match self.text.split_once("\n") {
            Some((first, rest)) => (first.trim(), rest.trim()),
            None => (self.text.as_str(), ""),
        };
        let mut written = json!({
            "operationId": self.id,
            "tags": [tag],
            "summary": summary.trim_end_matches('.'),
            "description": if description.is_empty() { summary } else { description },
            "security": match self.access {
                Access::Open => json!([]),
                Access::CameIn => json!([{ "bearer": [] }, { "session": [] }]),
                Access::Either => json!([{ "bearer": [] }, { "session": [] }, {}]),
            },
            "responses": self.responses(schemas, example),
        });
        let parameters = self.parameters(schemas, example);
        if !parameters.is_empty() {
            written["parameters"] = parameters.into();
        }
        if let Some(body) = self.body {
            let schema = schemas.taken(body);
            let followed = schemas.followed(&schema);
            let required = followed["required"].as_array().is_some_and(|it| !it.is_empty());
            let mut content = json!({ "schema": schema });
            if let Some(body) = example.get("body") {
                content["example"] = body.clone();
            }
            written["requestBody"] =
                json!({ "required": required, "content": { "application/json": content } });
        }
        written
    }

    fn parameters(&self, schemas: &mut Schemas, example: &Value) -> Vec<Value> {
        let mut written: Vec<Value> = Vec::new();
        for (name, of) in &self.parts {
            let mut parameter = parameter(part(name), "path", schemas.taken(*of), true);
            if let Some(value) = example["path"].get(part(name)) {
                parameter["example"] = value.clone();
            }
            written.push(parameter);
        }
        if let Some(of) = self.parameters {
            let schema = schemas.taken(of);
            let followed = schemas.followed(&schema);
            let required = followed["required"].as_array().cloned().unwrap_or_default();
            for (name, schema) in followed["properties"].as_object().into_iter().flatten() {
                let is_required = required.iter().any(|it| it == name);
                let schema = never_null(schema.clone());
                written.push(parameter(name, "query", schema, is_required));
            }
        }
        let headers = [
            (self.is_command, "Rollbook-Actor"),
            (self.is_once, "Idempotency-Key"),
            (self.is_bound, "If-Match"),
        ];
        for (_, name) in headers.iter().filter(|(is_taken, _)| *is_taken) {
            written.push(json!({ "$ref": format!("#/components/parameters/{name}") }));
        }
        written
    }

    fn responses(&self, schemas: &mut Schemas, example: &Value) -> Map<String, Value> {
        let mut responses = Map::new();
        for (status, content) in &self.answers {
            let mut response = answer(*status, content, schemas);
            if self.is_once {
                response["headers"]["Idempotency-Replayed"] =
                    json!({ "$ref": "#/components/headers/Idempotency-Replayed" });
            }
            if self.is_tagged {
                response["headers"]["ETag"] = json!({ "$ref": "#/components/headers/ETag" });
            }
            let answered = example["status"] == *status;
            if let (Content::Json(_), Some(answer), true) =
                (content, example.get("answer"), answered)
            {
                response["content"]["application/json"]["example"] = answer.clone();
            }
            responses.insert(status.to_string(), response);
        }
        if self.answers.iter().any(|(_, content)| matches!(content, Content::Place)) {
            responses.insert("default".to_owned(), problems::whatever());
        }
        for status in &self.refused {
            let written = responses.entry(status.to_string());
            written.or_insert_with(|| problems::reference(*status));
        }
        responses
    }
}

/// The name of a part of a path: identifiers are called as the members of answers that hold them.
fn part(name: &str) -> &str {
    match name {
        "member" => "member_id",
        "invitation" => "invitation_id",
        "team" => "team_id",
        "token" => "token_id",
        "key" => "api_key_id",
        "user" => "user_id",
        "session" => "session_id",
        other => other,
    }
}

/// A path with its parts by those names.
pub(super) fn named(path: &str) -> String {
    let parts = path.split('/').map(|text| {
        let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        // The rest of a path is one part to whoever asks.
        let inner = inner.map(|inner| inner.trim_start_matches('*'));
        inner.map_or_else(|| text.to_owned(), |name| format!("{{{}}}", part(name)))
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A parameter is absent where it is not given.
fn never_null(mut schema: Value) -> Value {
    super::schemas::without_null(&mut schema);
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("default");
    }
    schema
}

fn parameter(name: &str, place: &str, mut schema: Value, required: bool) -> Value {
    let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let description = description.unwrap_or_else(|| json!(described(name)));
    json!({
        "name": name, "in": place, "required": required,
        "description": description, "schema": schema,
    })
}

/// What the parts of paths are whose types say it elsewhere.
fn described(name: &str) -> &'static str {
    match name {
        "org" => "The organization's slug.",
        "member_id" => "The membership.",
        "invitation_id" => "The invitation.",
        "team_id" => "The team.",
        "token_id" => "The token.",
        "api_key_id" => "The API key.",
        "user_id" => "The user.",
        "session_id" => "The session.",
        "actor" => "Whoever did it.",
        "export" => "The export, by the id in its bundle.",
        "seq" => "The entry's place in the ledger.",
        "org_seq" => "The entry's place in the organization's history.",
        "path" => "The rest of a tile's path: level and place, or `entries/` and place.",
        _ => "What is meant.",
    }
}

fn answer(status: u16, content: &Content, schemas: &mut Schemas) -> Value {
    let header = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let mut headers = json!({ "Rollbook-Request": header("Rollbook-Request") });
    let description = match (status, content) {
        (302, _) => "The browser is led on.",
        (201, _) => "It came to exist.",
        (202, _) => "It is under way.",
        (503, _) => "Not ready.",
        _ => "As asked.",
    };
    if matches!(status, 201 | 302) {
        headers["Location"] = header("Location");
    }
    let content = match content {
        Content::Json(of) => {
            headers["Rollbook-Seq"] = header("Rollbook-Seq");
            json!({ "application/json": { "schema": schemas.told(*of) } })
        }
        Content::Text(kind) => json!({ *kind: { "schema": { "type": "string" } } }),
        Content::Place => return json!({ "description": description, "headers": headers }),
    };
    json!({ "description": description, "headers": headers, "content": content })
}

/// Who may ask, in words.
fn guarded(guard: Guard) -> String {
    match guard {
        Guard::Operator => "For operators.".to_owned(),
        Guard::CameIn => "For whoever came in: the answer holds what concerns them.".to_owned(),
        Guard::Belongs => "For members of the organization, and its auditors.".to_owned(),
        Guard::Sees(permission) => format!("Needs `{permission}`, or being an auditor."),
        Guard::SeesOwn(permission) => format!(
            "Needs `{permission}`, or being an auditor; whoever lacks it sees what is their own."
        ),
    }
}
