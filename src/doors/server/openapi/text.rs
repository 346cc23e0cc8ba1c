//! Texts of the document as HTML: paragraphs, lists, code and what is strong.

/// A text that stands in HTML as it is.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Paragraphs and lists, which empty lines divide.
pub(super) fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    for part in text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()) {
        if part.starts_with("- ") {
            let items: String =
                part.lines().map(|line| format!("<li>{}</li>\n", marked(line))).collect();
            html.push_str(&format!("<ul>\n{}</ul>\n", items.replace("<li>- ", "<li>")));
        } else {
            html.push_str(&format!("<p>{}</p>\n", marked(part)));
        }
    }
    html
}

/// What stands between backticks is code, what stands between two stars each is strong.
pub(super) fn marked(text: &str) -> String {
    let coded = between(&escaped(text), "`", "code");
    between(&coded, "**", "strong")
}

fn between(text: &str, mark: &str, element: &str) -> String {
    let mut html = String::new();
    for (place, part) in text.split(mark).enumerate() {
        if place % 2 == 1 {
            html.push_str(&format!("<{element}>{part}</{element}>"));
        } else {
            html.push_str(part);
        }
    }
    html
}
