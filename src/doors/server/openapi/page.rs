//! The document as a page: written once, without a script, and without anything from elsewhere.

use super::text::{escaped, marked, paragraphs};
use serde_json::{Map, Value};
use std::fmt::Write;

/// The page of a document.
pub(super) fn page(document: &Value) -> String {
    let title = format!("Rollbook {} API", text(&document["info"]["version"]));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}\
         </title>\n<link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n<body>\n<a \
         class=\"skip\" href=\"#content\">To the content</a>\n"
    );
    let chapters = chapters(document);
    put(&mut page, &contents(&chapters));
    put(&mut page, "<main id=\"content\">\n");
    put(
        &mut page,
        &format!(
            "<h1>{title}</h1>\n<p class=\"lead\">{}.</p>\n",
            escaped(text(&document["info"]["summary"]))
        ),
    );
    put(&mut page, &paragraphs(text(&document["info"]["description"])));
    put(
        &mut page,
        "<p>The same for machines: <a href=\"/openapi.json\">openapi.json</a> \
        (OpenAPI 3.1).</p>\n",
    );
    for chapter in &chapters {
        put(
            &mut page,
            &format!(
                "<h2 id=\"{}\">{}</h2>\n{}",
                anchor(chapter.name),
                escaped(chapter.name),
                paragraphs(chapter.about)
            ),
        );
        for operation in &chapter.operations {
            put(&mut page, &section(operation));
        }
    }
    put(&mut page, &problems(document));
    put(&mut page, &types(document));
    put(&mut page, "</main>\n</body>\n</html>\n");
    page
}

fn put(page: &mut String, part: &str) {
    page.push_str(part);
}

struct Chapter<'a> {
    name: &'a str,
    about: &'a str,
    operations: Vec<Operation<'a>>,
}

struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    told: &'a Value,
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn chapters(document: &Value) -> Vec<Chapter<'_>> {
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.map(|tag| {
        let name = text(&tag["name"]);
        let operations = members(&document["paths"]).flat_map(|(path, item)| {
            members(item).map(move |(method, told)| Operation { method, path, told })
        });
        let operations = operations.filter(|it| it.told["tags"][0] == name).collect();
        Chapter { name, about: text(&tag["description"]), operations }
    })
    .collect()
}

fn contents(chapters: &[Chapter<'_>]) -> String {
    let mut nav = String::from("<nav aria-label=\"Contents\">\n<ul>\n");
    for chapter in chapters {
        let (at, name) = (anchor(chapter.name), escaped(chapter.name));
        let _ = write!(nav, "<li><a href=\"#{at}\">{name}</a>\n<ul>\n");
        for operation in &chapter.operations {
            let id = text(&operation.told["operationId"]);
            let summary = escaped(text(&operation.told["summary"]));
            let method = operation.method;
            let _ = writeln!(
                nav,
                "<li><a href=\"#{id}\" title=\"{summary}\"><span class=\"method {method}\">\
                 {method}</span> {id}</a></li>"
            );
        }
        put(&mut nav, "</ul></li>\n");
    }
    put(
        &mut nav,
        "<li><a href=\"#problems\">Problems</a></li>\n\
        <li><a href=\"#types\">Types</a></li>\n</ul>\n</nav>\n",
    );
    nav
}

fn section(operation: &Operation<'_>) -> String {
    let Operation { method, path, told } = operation;
    let id = text(&told["operationId"]);
    let mut section = format!(
        "<section id=\"{id}\">\n<h3>{}</h3>\n<p class=\"route\"><span class=\"method {method}\">\
         {method}</span> <code>{}</code> <a class=\"id\" href=\"#{id}\">{id}</a></p>\n",
        escaped(text(&told["summary"])),
        escaped(path)
    );
    if told["description"] != told["summary"] {
        put(&mut section, &paragraphs(text(&told["description"])));
    }
    put(&mut section, &parameters(told));
    let body = &told["requestBody"]["content"]["application/json"];
    if !body.is_null() {
        put(&mut section, &format!("<h4>Body</h4>\n<p>{}</p>\n", kind(&body["schema"])));
        put(&mut section, &example("A body", &body["example"]));
    }
    put(&mut section, "<h4>Answers</h4>\n<ul class=\"answers\">\n");
    for (status, answer) in members(&told["responses"]) {
        if answer["$ref"].is_string() {
            continue;
        }
        let content = members(&answer["content"]).next();
        let of = content.map(|(kind_of, content)| match content["schema"]["type"] == "string" {
            true => format!("<code>{}</code>", escaped(kind_of)),
            false => kind(&content["schema"]),
        });
        let about = escaped(text(&answer["description"]));
        let _ = writeln!(
            section,
            "<li><code>{status}</code> {about} {}{}</li>",
            of.unwrap_or_default(),
            example("An answer", content.map_or(&Value::Null, |(_, it)| &it["example"]))
        );
    }
    let refused = members(&told["responses"]).filter(|(_, answer)| answer["$ref"].is_string());
    let refused: Vec<String> =
        refused.map(|(status, _)| format!("<a href=\"#status-{status}\">{status}</a>")).collect();
    let _ = write!(section, "<li>Problems: {}</li>\n</ul>\n</section>\n", refused.join(", "));
    section
}

fn parameters(told: &Value) -> String {
    let given: Vec<&Value> = told["parameters"].as_array().into_iter().flatten().collect();
    if given.is_empty() {
        return String::new();
    }
    let mut table = String::from("<table>\n<caption>Parameters</caption>\n");
    for parameter in given {
        if let Some(name) = text(&parameter["$ref"]).rsplit('/').next().filter(|it| !it.is_empty())
        {
            let _ = writeln!(
                table,
                "<tr><th scope=\"row\"><code>{name}</code></th><td>header</td><td></td></tr>"
            );
            continue;
        }
        let needed = if parameter["required"] == true { ", needed" } else { "" };
        let _ = writeln!(
            table,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}{needed}</td><td>{} {}</td></tr>",
            escaped(text(&parameter["name"])),
            text(&parameter["in"]),
            marked(text(&parameter["description"])),
            kind(&parameter["schema"])
        );
    }
    put(&mut table, "</table>\n");
    table
}

fn example(title: &str, value: &Value) -> String {
    if value.is_null() {
        return String::new();
    }
    let written = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("<details><summary>{title}</summary><pre>{}</pre></details>\n", escaped(&written))
}

/// What a schema is, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = text(&schema["$ref"]).rsplit('/').next().filter(|it| !it.is_empty()) {
        return format!("<a class=\"type\" href=\"#type-{name}\">{name}</a>");
    }
    let forms = ["anyOf", "oneOf", "allOf"].iter().find_map(|it| schema[*it].as_array());
    if let Some(forms) = forms {
        let forms: Vec<String> = forms.iter().map(kind).collect();
        return forms.join(" or ");
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(|it| escaped(&it.to_string())).collect();
        return format!("<code>{}</code>", values.join("</code> <code>"));
    }
    if !schema["const"].is_null() {
        return format!("<code>{}</code>", escaped(&schema["const"].to_string()));
    }
    let named = match &schema["type"] {
        Value::Array(types) => types.iter().map(text).collect::<Vec<_>>().join(" or "),
        other => text(other).to_owned(),
    };
    match named.as_str() {
        "array" => format!("list of {}", kind(&schema["items"])),
        named => format!("<em>{named}</em>"),
    }
}

fn problems(document: &Value) -> String {
    let mut chapter = String::from(
        "<h2 id=\"problems\">Problems</h2>\n<p>What is wrong is told as \
         <code>application/problem+json</code>, with a stable <code>code</code>.</p>\n",
    );
    for (_, response) in members(&document["components"]["responses"]) {
        let content = &response["content"]["application/problem+json"];
        let status = &content["schema"]["allOf"][1]["properties"]["status"]["const"];
        let _ = write!(
            chapter,
            "<section id=\"status-{status}\">\n<h3>{status}</h3>\n{}</section>\n",
            paragraphs(text(&response["description"]))
        );
    }
    chapter
}

fn types(document: &Value) -> String {
    let mut chapter = String::from("<h2 id=\"types\">Types</h2>\n");
    for (name, schema) in members(&document["components"]["schemas"]) {
        let _ = write!(
            chapter,
            "<section id=\"type-{name}\">\n<h3>{name}</h3>\n{}{}</section>\n",
            paragraphs(text(&schema["description"])),
            fields(schema)
        );
    }
    chapter
}

fn fields(schema: &Value) -> String {
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    if properties.is_empty() {
        return match kind(schema).as_str() {
            "<em>object</em>" => String::new(),
            kind => format!("<p>{kind}</p>\n"),
        };
    }
    let mut table = String::from("<table>\n<caption>Members</caption>\n");
    for (name, property) in properties {
        let is_needed =
            schema["required"].as_array().is_some_and(|it| it.iter().any(|it| it == name));
        let _ = writeln!(
            table,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}{}</td><td>{}</td></tr>",
            escaped(name),
            kind(property),
            if is_needed { "" } else { ", may be absent" },
            marked(text(&property["description"]))
        );
    }
    put(&mut table, "</table>\n");
    table
}
