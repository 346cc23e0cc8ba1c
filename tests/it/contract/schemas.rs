//! The schemas say what the parser does: every example, and every example with something wrong in
//! it, is judged by both.

use super::{Example, examples, names, read};
use jsonschema::{Draft, Resource, Validator};
use rollbook::facts::event::{
    Admission, BudgetMode, BudgetPeriod, EndCause, PasswordCause, RateWindow, RemovalCause,
    RevocationCause, Scope, SecondFactorStep,
};
use rollbook::facts::{Entry, Event, OrganizationKind, Permission, RoleSet, TeamRole};
use rollbook::words::canonical;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const SHARED: &str = "defs.v1.schema.json";

pub(super) struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    pub(super) fn read() -> Self {
        let named = |file: String| {
            let schema = serde_json::from_str(&read(&file)).unwrap();
            (file.trim_end_matches(".schema.json").to_owned(), schema)
        };
        Self(names(".schema.json").into_iter().map(named).collect())
    }

    /// Nothing is fetched: a reference to anywhere else than the shared definitions is an error.
    fn validator(&self, key: &str) -> Validator {
        let shared = Resource::from_contents(self.0["defs.v1"].clone()).unwrap();
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_resource(format!("json-schema:///{SHARED}"), shared)
            .build(&self.0[key])
            .unwrap_or_else(|error| panic!("{key}: {error}"))
    }

    /// The fields of `data`.
    pub(super) fn fields(&self, key: &str) -> BTreeSet<String> {
        self.0[key]["properties"].as_object().unwrap().keys().cloned().collect()
    }

    /// The JSON pointers of the fields of `data` that may be sealed.
    pub(super) fn sealed_pointers(&self, key: &str) -> BTreeSet<String> {
        fn is_sealed(schema: &Value) -> bool {
            schema["$ref"] == format!("{SHARED}#/$defs/sealed")
                || schema["anyOf"].as_array().is_some_and(|forms| forms.iter().any(is_sealed))
        }
        fn collect(schema: &Value, pointer: &str, found: &mut BTreeSet<String>) {
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                let pointer = format!("{pointer}/{name}");
                collect(field, &pointer, found);
                if is_sealed(field) {
                    found.insert(pointer);
                }
            }
        }
        let mut found = BTreeSet::new();
        collect(&self.0[key], "", &mut found);
        found
    }
}

fn key(example: &Example) -> String {
    format!("{}.v{}", example.type_name(), example.parsed.fact.event.version())
}

#[test]
fn schemas_name_their_type_and_refer_only_to_the_shared_definitions() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    for (key, schema) in Schemas::read().0 {
        let mut found = Vec::new();
        references(&schema, &mut found);
        let expected = if key == "defs.v1" { "#/$defs/" } else { "defs.v1.schema.json#/$defs/" };
        assert!(found.iter().all(|reference| reference.starts_with(expected)), "{key}: {found:?}");
        if let Some((name, version)) =
            key.split_once(".v").filter(|(name, _)| *name > "A" && *name < "a")
        {
            assert_eq!(schema["title"], format!("{name}, version {version}"));
            assert_eq!(schema["additionalProperties"], false, "{key}");
        }
    }
}

#[test]
fn every_example_satisfies_its_schemas() {
    let schemas = Schemas::read();
    let entry_schema = schemas.validator("entry.v1");
    for example in examples() {
        let verdict = entry_schema.validate(example.entry());
        assert!(verdict.is_ok(), "{}: {}", example.file, verdict.unwrap_err());
        let data_schema = schemas.validator(&key(&example));
        let verdict = data_schema.validate(&example.entry()["data"]);
        assert!(verdict.is_ok(), "{}: {}", example.file, verdict.unwrap_err());
    }
}

/// Every word of a closed list, of the code's and of the schemas'.
fn words(schemas: &Schemas) -> BTreeSet<String> {
    fn listed(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                let words = fields.get("enum").and_then(Value::as_array).into_iter().flatten();
                found.extend(words.map(|word| word.as_str().unwrap().to_owned()));
                fields.values().for_each(|field| listed(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| listed(item, found)),
            _ => {}
        }
    }
    fn known<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> impl Iterator<Item = String> {
        all.iter().map(move |&word| name(word).to_owned())
    }
    let mut words = BTreeSet::new();
    schemas.0.values().for_each(|schema| listed(schema, &mut words));
    words.extend(known(OrganizationKind::ALL, OrganizationKind::name));
    words.extend(known(RoleSet::ALL, RoleSet::name));
    words.extend(known(TeamRole::ALL, TeamRole::name));
    words.extend(known(Admission::ALL, Admission::name));
    words.extend(known(RemovalCause::ALL, RemovalCause::name));
    words.extend(known(RevocationCause::ALL, RevocationCause::name));
    words.extend(known(EndCause::ALL, EndCause::name));
    words.extend(known(Scope::ALL, Scope::name));
    words.extend(known(PasswordCause::ALL, PasswordCause::name));
    words.extend(known(SecondFactorStep::ALL, SecondFactorStep::name));
    words.extend(known(RateWindow::ALL, RateWindow::name));
    words.extend(known(BudgetPeriod::ALL, BudgetPeriod::name));
    words.extend(known(BudgetMode::ALL, BudgetMode::name));
    words.extend(known(Permission::ALL, Permission::name));
    words
}

/// Values that are put in the place of others: each is right somewhere and wrong nearly everywhere.
fn strangers(schemas: &Schemas) -> Vec<Value> {
    let texts = [
        "",
        " ",
        "a",
        " a",
        "a ",
        "a b",
        "a:b",
        "A",
        "a/b",
        "é",
        "a\u{1}b",
        "a\nb",
        "a\u{85}b",
        "a+b",
        "a://b",
        "ledger.example",
        "0b0e7f0c-6a51-4f5e-9d0b-3c5a1e2d4f60",
        "0B0E7F0C-6A51-4F5E-9D0B-3C5A1E2D4F60",
        "0b0e7f0c6a514f5e9d0b3c5a1e2d4f60",
        "00000000-0000-0000-0000-000000000000",
        "user:0b0e7f0c-6a51-4f5e-9d0b-3c5a1e2d4f60",
        "token:0b0e7f0c-6a51-4f5e-9d0b-3c5a1e2d4f60",
        "operator:0b0e7f0c-6a51-4f5e-9d0b-3c5a1e2d4f60",
        "user:0b0e7f0c",
        "system:import",
        "system:expiry",
        "system:chance",
        "1970-01-01T00:00:00.000000Z",
        "1969-12-31T23:59:59.999999Z",
        "2024-02-29T23:59:59.999999Z",
        "2026-02-29T00:00:00.000000Z",
        "2026-04-31T00:00:00.000000Z",
        "2026-13-01T00:00:00.000000Z",
        "2026-01-00T00:00:00.000000Z",
        "2026-11-22T24:00:00.000000Z",
        "2026-11-22T23:59:60.000000Z",
        "2026-11-22T02:25:05Z",
        "2026-11-22T02:25:05.502Z",
        "2026-11-22T02:25:05.502913+00:00",
        "2026-11-22t02:25:05.502913z",
        "2026-11-22",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
        "AAAA",
        "owner",
        "organization",
        "operator",
        "user",
        "EUR",
        "eur",
        "EURO",
        "EÜR",
    ];
    let of_length = |length| Value::from("x".repeat(length));
    let id = "0b0e7f0c-6a51-4f5e-9d0b-3c5a1e2d4f60";
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let many = |count: u32| -> Value { (0..count).map(|n| format!("role-{n:02}")).collect() };
    let mut strangers: Vec<Value> = texts.into_iter().map(Value::from).collect();
    for word in words(schemas) {
        strangers.extend([json!(word), json!([word])]);
    }
    strangers.extend([16, 17, 64, 65, 255, 256].map(of_length));
    strangers.extend(
        ["é".repeat(16), "é".repeat(17), "é".repeat(255), "é".repeat(256)].map(Value::from),
    );
    strangers.extend([
        json!(null),
        json!(true),
        json!(false),
        json!(-1),
        json!(0),
        json!(1),
        json!(1.5),
        json!(u32::MAX),
        json!(u64::from(u32::MAX) + 1),
        json!((1u64 << 53) - 1),
        json!(1u64 << 53),
        json!([]),
        json!([1]),
        json!(["a"]),
        json!(["a", "a"]),
        json!(["A"]),
        json!([""]),
        json!([id]),
        json!([id, id]),
        json!(["log.read"]),
        json!(["read", "write"]),
        json!({"per": "day", "requests": 1}),
        json!({"per": "day", "requests": u64::from(u32::MAX) + 1}),
        json!(["log.read", "log.read"]),
        json!(["log.read", "member.read"]),
        json!(["log.erase"]),
        many(32),
        many(33),
        json!({}),
        json!({"after": 1}),
        json!({"after": "a"}),
        json!({"before": id}),
        json!({"after": "a", "since": "b"}),
        json!({"after": {"commit": hash, "of": id}}),
        json!({"commit": hash, "of": id}),
        json!({"commit": hash}),
        json!({"of": id}),
        json!({"commit": hash, "of": id, "value": "a"}),
        json!({"commit": "AAAA", "of": id}),
        json!([hash, id]),
    ]);
    strangers
}

/// Every way to put a stranger in the place of one value, to leave a field out or to add one, in an
/// object and the objects inside it.
fn altered(object: &Map<String, Value>, strangers: &[Value]) -> Vec<(String, Map<String, Value>)> {
    let mut all = Vec::new();
    let mut add = |what: String, change: &dyn Fn(&mut Map<String, Value>)| {
        let mut copy = object.clone();
        change(&mut copy);
        all.push((what, copy));
    };
    add("unknown field".into(), &|copy| drop(copy.insert("zeal".into(), json!(1))));
    for (name, value) in object {
        add(format!("without {name}"), &|copy| drop(copy.remove(name)));
        for stranger in strangers {
            // Has a test of its own.
            if value.is_object() && stranger.is_array() {
                continue;
            }
            let what = format!("{name} = {stranger}");
            add(what, &|copy| drop(copy.insert(name.clone(), stranger.clone())));
        }
        for (what, inner) in
            value.as_object().map(|inner| altered(inner, strangers)).unwrap_or_default()
        {
            let what = format!("{name}: {what}");
            add(what, &|copy| drop(copy.insert(name.clone(), inner.clone().into())));
        }
    }
    all
}

#[test]
fn schema_and_parser_agree_on_altered_data() {
    let schemas = Schemas::read();
    let strangers = strangers(&schemas);
    let (mut accepted, mut refused) = (0, 0);
    for example in examples() {
        let schema = schemas.validator(&key(&example));
        let version = example.parsed.fact.event.version();
        let data = example.entry()["data"].as_object().unwrap();
        for (what, altered) in altered(data, &strangers) {
            let altered = Value::from(altered);
            let bytes = canonical::write(&altered).unwrap();
            let text = std::str::from_utf8(&bytes).unwrap();
            // As an entry's parser does: what is written again in other bytes is refused.
            let parsed = canonical::check(&bytes).is_ok()
                && Event::parse(example.type_name(), version, text)
                    .is_ok_and(|event| serde_json::to_vec(&event).unwrap() == bytes);
            let file = &example.file;
            assert_eq!(schema.is_valid(&altered), parsed, "{file}, {what}: schema, then parser");
            *(if parsed { &mut accepted } else { &mut refused }) += 1;
        }
    }
    assert!(accepted > 500 && refused > 5000, "{accepted} accepted, {refused} refused");
}

#[test]
fn schema_and_parser_agree_on_altered_entries() {
    let schemas = Schemas::read();
    let strangers = strangers(&schemas);
    let schema = schemas.validator("entry.v1");
    // What no schema says: `type` and `tv` are in the catalogue, `subjects` are those of the event,
    // `occurred` is not behind `time`, `data` fits its type.
    let beyond = |what: &str| {
        ["data", "org = ", "subjects", "type = ", "tv = "]
            .iter()
            .any(|field| what.starts_with(field))
            || (what.starts_with("time = ") && what.contains("1970"))
    };
    let mut judged = 0;
    let places = ["OrganizationCertified.v1", "OrganizationCreated.v1.imported"];
    for example in examples().iter().filter(|example| {
        places.iter().any(|place| example.file == format!("{place}.example.json"))
    }) {
        let entry = example.entry().as_object().unwrap();
        for (what, altered) in altered(entry, &strangers) {
            if beyond(&what) {
                continue;
            }
            let altered = Value::from(altered);
            let parsed = Entry::parse(&canonical::write(&altered).unwrap()).is_ok();
            let file = &example.file;
            assert_eq!(schema.is_valid(&altered), parsed, "{file}, {what}: schema, then parser");
            judged += 1;
        }
    }
    assert!(judged > 4000, "{judged} judged");
}

#[test]
fn an_object_is_never_read_from_an_array() {
    fn as_arrays(value: &Value, found: &mut Vec<Value>) {
        let Value::Object(fields) = value else { return };
        found.push(fields.values().cloned().collect());
        for (name, field) in fields {
            let mut inner = Vec::new();
            as_arrays(field, &mut inner);
            found.extend(inner.into_iter().map(|replaced| {
                let mut copy = fields.clone();
                copy.insert(name.clone(), replaced);
                copy.into()
            }));
        }
    }
    for example in examples() {
        let mut altered = Vec::new();
        as_arrays(example.entry(), &mut altered);
        for value in altered {
            let bytes = canonical::write(&value).unwrap();
            let shown = String::from_utf8_lossy(&bytes);
            assert!(Entry::parse(&bytes).is_err(), "{}: {shown}", example.file);
        }
    }
}
