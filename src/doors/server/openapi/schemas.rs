//! The schemas of what is taken and of what is told, as components of one document.
//!
//! A type may be told in another form than it is taken in: what is left out when it is told need
//! not be sent. So there is a generator for each way.

use crate::doors::wire::SchemaOf;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// Where the schemas of a document stand.
const PLACE: &str = "/components/schemas";

/// What is known of all types that were asked for.
pub(super) struct Schemas {
    taken: SchemaGenerator,
    told: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = |settings: SchemaSettings| {
            settings.with(|it| {
                it.definitions_path = PLACE.into();
                it.meta_schema = None;
            })
        };
        let (taken, told) = (SchemaSettings::draft2020_12(), SchemaSettings::draft2020_12());
        let taken = settings(taken).with_transform(RecursiveTransform(numbers));
        let told = settings(told).for_serialize();
        let told = told.with_transform(RecursiveTransform(numbers));
        let told = told.with_transform(RecursiveTransform(left_out));
        Self { taken: taken.into_generator(), told: told.into_generator() }
    }

    /// What is sent to the server.
    pub(super) fn taken(&mut self, of: SchemaOf) -> Value {
        transformed(&mut self.taken, of)
    }

    /// What the server answers.
    pub(super) fn told(&mut self, of: SchemaOf) -> Value {
        transformed(&mut self.told, of)
    }

    /// The schema that another one leads to.
    pub(super) fn followed(&mut self, schema: &Value) -> Value {
        let name = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
        let definitions = self.taken.take_definitions(true);
        let found = name.and_then(|name| definitions.get(name)).cloned();
        self.taken.definitions_mut().extend(definitions);
        found.unwrap_or_else(|| schema.clone())
    }

    /// All of them by name. One that is taken and told in two forms would have two names; a test
    /// holds that there is none.
    pub(super) fn all(mut self) -> Map<String, Value> {
        let mut all = self.told.take_definitions(true);
        for (name, schema) in self.taken.take_definitions(true) {
            all.entry(name).or_insert(schema);
        }
        all
    }
}

fn transformed(generator: &mut SchemaGenerator, of: SchemaOf) -> Value {
    let mut schema = of(generator);
    for transform in generator.transforms_mut() {
        transform.transform(&mut schema);
    }
    schema.to_value()
}

/// Bounds in place of the names that Rust has for the sizes of numbers.
fn numbers(schema: &mut Schema) {
    let most: Option<u64> = match schema.get("format").and_then(Value::as_str) {
        Some("uint8") => Some(u8::MAX.into()),
        Some("uint16") => Some(u16::MAX.into()),
        Some("uint32") => Some(u32::MAX.into()),
        Some("uint64" | "uint") => Some(u64::MAX),
        _ => None,
    };
    let Some(most) = most else { return };
    schema.remove("format");
    if schema.get("maximum").is_none() {
        schema.insert("maximum".to_owned(), most.into());
    }
}

/// What is absent where there is nothing is never null.
fn left_out(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    let required: Vec<String> = match object.get("required") {
        Some(Value::Array(names)) => {
            names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    };
    let Some(Value::Object(properties)) = object.get_mut("properties") else { return };
    for (_, property) in properties.iter_mut().filter(|(name, _)| !required.contains(name)) {
        without_null(property);
    }
}

pub(super) fn without_null(property: &mut Value) {
    let Some(property) = property.as_object_mut() else { return };
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = property.get_mut("enum") {
        values.retain(|it| !it.is_null());
    }
    let Some(Value::Array(mut forms)) = property.remove("anyOf") else { return };
    forms.retain(|form| form["type"] != "null");
    match forms.as_slice() {
        [Value::Object(only)] => {
            for (name, value) in only {
                property.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        _ => {
            property.insert("anyOf".to_owned(), forms.into());
        }
    }
}
