//! How letters are worded: once, as parts, from which the text and the HTML are made alike.

use super::{Content, Link};
use crate::words::{Name, Timestamp};

/// The most characters that are shown of a name: a name is no place for a letter of its own.
const NAME_LIMIT_CHARS: usize = 80;

/// A letter as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its subject, on one line.
    pub subject: String,
    /// For those who read plain text.
    pub text: String,
    /// For everybody else.
    pub html: String,
}

/// What a letter is made of.
enum Part<'a> {
    Words(String),
    Link(&'static str, &'a Link),
}

impl Written {
    /// Words a letter.
    pub fn new(content: &Content) -> Self {
        let words = |text: &str| Part::Words(text.to_owned());
        let until =
            |time: &Timestamp| Part::Words(format!("The link holds until {}.", shown(time)));
        match content {
            Content::Invitation { organization, inviter, expires_at, link } => {
                let organization = called(organization);
                let who = inviter.as_ref().map_or_else(
                    || format!("You are invited to join “{organization}”."),
                    |name| format!("“{}” invites you to join “{organization}”.", called(name)),
                );
                let ignore = "If you do not know them, ignore this message: nothing happens then.";
                Self::of(
                    format!("Invitation to join “{organization}”"),
                    &[
                        Part::Words(who),
                        Part::Link("Answer the invitation", link),
                        Part::Words(format!("It can be answered until {}.", shown(expires_at))),
                        words(ignore),
                    ],
                )
            }
            Content::HandedOver { organization, link } => {
                let organization = called(organization);
                let who = format!("You are the super admin of “{organization}” from now on.");
                Self::of(
                    format!("You are the super admin of “{organization}”"),
                    &[
                        Part::Words(who),
                        Part::Link("See the organization", link),
                        words("The role was handed over to you; who held it before is a member."),
                    ],
                )
            }
            Content::Verification { link, expires_at } => Self::of(
                "Confirm your e-mail address".to_owned(),
                &[
                    words("Somebody, presumably you, gave this address as theirs."),
                    Part::Link("Confirm the address", link),
                    until(expires_at),
                    words("If it was not you, ignore this message: nothing happens then."),
                ],
            ),
            Content::PasswordReset { link, expires_at } => Self::of(
                "Choose another password".to_owned(),
                &[
                    words("Somebody, presumably you, has forgotten the password of this address."),
                    Part::Link("Choose another password", link),
                    until(expires_at),
                    words("If it was not you, ignore this message: your password stays as it is."),
                ],
            ),
            Content::AlreadyKnown { link, expires_at } => Self::of(
                "You already have an account".to_owned(),
                &[
                    words(
                        "Somebody, presumably you, tried to make an account with this address. \
                         There is one already: sign in, or choose a password if you have none \
                         or forgot it.",
                    ),
                    Part::Link("Choose a password", link),
                    until(expires_at),
                    words("If it was not you, ignore this message: nothing was changed."),
                ],
            ),
        }
    }

    fn of(subject: String, parts: &[Part<'_>]) -> Self {
        let mut text = String::new();
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{}</title>\
             </head>\n<body>\n",
            escaped(&subject)
        );
        for part in parts {
            match part {
                Part::Words(words) => {
                    text.push_str(&format!("{words}\n\n"));
                    html.push_str(&format!("<p>{}</p>\n", escaped(words)));
                }
                Part::Link(label, Link(link)) => {
                    let link_in_html = escaped(link);
                    text.push_str(&format!("{label}:\n{link}\n\n"));
                    html.push_str(&format!(
                        "<p><a href=\"{link_in_html}\">{}</a></p>\n",
                        escaped(label)
                    ));
                }
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        html.push_str("</body>\n</html>\n");
        Self { subject, text, html }
    }
}

/// A name as somebody else is shown it: short, on one line, and without characters that turn the
/// direction of what stands behind them or are not seen.
fn called(name: &Name) -> String {
    let seen = |char: &char| !char.is_control() && !is_unseen(*char);
    let mut shown: String = name.as_str().chars().filter(seen).take(NAME_LIMIT_CHARS + 1).collect();
    if let Some((at, _)) = shown.char_indices().nth(NAME_LIMIT_CHARS) {
        shown.truncate(at);
        shown.push('…');
    }
    shown
}

fn is_unseen(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// To the minute, in UTC.
fn shown(time: &Timestamp) -> String {
    let text = time.to_string().replacen('T', " ", 1);
    format!("{} UTC", text.get(..16).unwrap_or(&text))
}

/// In HTML, between tags and in quoted attributes alike.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            char => escaped.push(char),
        }
    }
    escaped
}
