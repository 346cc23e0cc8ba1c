//! Every problem that the native API answers with: status, code and meaning.
//!
//! The law's refusals bring their own words. What a door says beside them stands here, and a test
//! holds the sources to it: a code that is not in this list is answered nowhere.

use crate::law::Refusal;
use serde_json::{Map, Value, json};

/// The statuses of the law's refusals, as `refused_with` gives them.
const REFUSALS: &[(u16, &[&str])] = &[
    (401, &["session_ended", "token_ended"]),
    (
        403,
        &[
            "not_permitted",
            "operator_only",
            "not_yourself",
            "actor_suspended",
            "role_outranks_actor",
            "member_outranks_actor",
            "invitation_not_yours",
            "invitation_token_wrong",
            "top_role_only",
            "second_factor_needed",
            "scope_missing",
            "email_unverified",
            "session_needed",
        ],
    ),
    (
        404,
        &[
            "unknown_organization",
            "unknown_user",
            "unknown_member",
            "unknown_role",
            "unknown_invitation",
            "unknown_team",
            "unknown_token",
            "not_an_auditor",
            "unknown_api_key",
        ],
    ),
    (
        409,
        &[
            "organization_not_certified",
            "not_an_enterprise",
            "personal_organization",
            "slug_taken",
            "no_seat_left",
            "nothing_changes",
            "email_taken",
            "username_taken",
            "already_member",
            "member_suspended",
            "member_active",
            "cannot_sign_in",
            "last_super_admin",
            "last_top_role",
            "nothing_to_transfer",
            "role_name_taken",
            "role_in_use",
            "role_built_in",
            "already_invited",
            "invitation_accepted",
            "team_name_taken",
            "team_cycle",
            "already_in_team",
            "not_in_team",
            "not_the_email",
            "credentials_changed",
            "password_present",
            "second_factor_on",
            "second_factor_off",
            "token_name_taken",
            "too_many_tokens",
            "already_auditor",
            "api_key_taken",
            "too_many_api_keys",
        ],
    ),
    (
        410,
        &[
            "organization_dissolved",
            "invitation_expired",
            "invitation_revoked",
            "invitation_declined",
            "person_erased",
        ],
    ),
    (
        422,
        &[
            "role_set_does_not_fit",
            "address_needed",
            "roles_do_not_fit",
            "super_admin_by_transfer_only",
            "created_members_join_as",
            "expiry_out_of_range",
            "too_many_teams",
            "teams_too_deep",
            "reason_needed",
            "token_expiry_out_of_range",
            "scope_needed",
            "grant_expiry_out_of_range",
        ],
    ),
];

/// What doors say beside the law.
const OF_DOORS: &[(u16, &str, &str)] = &[
    (400, "wrong_body", "the body is no JSON, or not of the form that the operation takes"),
    (400, "wrong_parameter", "a parameter is unknown, or not of the form that it has"),
    (400, "wrong_path", "a part of the path is no text"),
    (400, "wrong_identifier", "a part of the path is no identifier, or no name"),
    (400, "wrong_moment", "a moment is neither a seq nor a date nor an RFC 3339 time"),
    (400, "wrong_condition", "If-Match is no entity tag, or is not taken here"),
    (400, "wrong_idempotency_key", "an idempotency key has 1 to 255 printable ASCII characters"),
    (400, "idempotency_key_not_taken", "the same answer could not be given again: send no key"),
    (400, "wrong_actor", "Rollbook-Actor names no user, or is not for this request"),
    (401, "unauthorized", "nobody came in, or what was shown does not hold"),
    (401, "wrong_credentials", "the login and the password do not go together"),
    (401, "ticket_ended", "too much time passed between the two steps of signing in"),
    (401, "wrong_code", "the code is not the one that the device shows, or was used"),
    (403, "foreign_origin", "a page of another site sent what a cookie was to allow"),
    (403, "wrong_password", "that is not the account's password"),
    (403, "sign_in_needed", "the link is for whoever is signed in to the account"),
    (403, "sign_up_closed", "accounts are begun by invitation here"),
    (404, "unknown_route", "there is nothing at this path"),
    (404, "unknown_export", "the organization handed out no bundle by that export"),
    (404, "unknown_session", "you have no session of that name"),
    (404, "before_beginning", "the moment lies before the first entry"),
    (404, "beyond_end", "the moment lies behind the last entry"),
    (404, "checkpoints_off", "this server has no guard, and signs no checkpoints"),
    (404, "witnesses_off", "this server asks no witnesses"),
    (404, "not_in_tree", "a log of the published size has no such tile, entry or size"),
    (405, "wrong_method", "the path takes other methods: the header Allow names them"),
    (409, "sign_in_needed", "the address that was invited has an account: sign in, then accept"),
    (409, "no_setup", "no second factor is being set up, or its time has passed"),
    (409, "not_signed", "this server signs no checkpoints: it has no guard"),
    (409, "mail_off", "this server sends no mail"),
    (409, "not_yours_to_help", "the account is helped by somebody else"),
    (410, "list_changed", "what the list was of is not shown any more: begin it anew"),
    (410, "link_ended", "the link was used, its time has passed, or another was sent since"),
    (409, "repeated", "the same request is being answered already"),
    (412, "precondition_failed", "it is not as it was when its ETag was told: look again"),
    (412, "not_here_yet", "the entry that min_seq names was not recorded within two seconds"),
    (413, "body_too_large", "the body is longer than 64 KiB"),
    (413, "bundle_too_large", "a bundle of that many entries is too large: export ranges"),
    (413, "command_too_large", "what the command leads to is more than one entry may hold"),
    (415, "unsupported_media_type", "the body is not of the type application/json"),
    (422, "password_refused", "the password is too short, too long, common, or says who you are"),
    (422, "password_needed", "an account begins by this, and needs a password"),
    (422, "wrong_body", "each member of the body is right, and they do not go together"),
    (422, "wrong_parameter", "each parameter is right, and they do not go together"),
    (422, "wrong_moment", "two moments were given, or one that the question does not take"),
    (422, "wrong_range", "the organization has no such range of entries"),
    (422, "wrong_cursor", "a cursor is none, or belongs to another question"),
    (422, "idempotency_key_reused", "the idempotency key came with another request before"),
    (429, "too_many_idempotency_keys", "as many idempotency keys are kept as may be"),
    (429, "too_many_tries", "too many tries in a short time: Retry-After says how long to wait"),
    (500, "fault", "Rollbook did not do what it should"),
    (500, "unwritable", "the answer could not be written"),
    (500, "unreadable", "the log could not be read"),
    (500, "damaged", "an entry of the log is damaged"),
    (500, "idempotency", "what an idempotency key was answered with cannot be read"),
    (500, "passes", "sessions and links could not be kept"),
    (500, "unplaceable", "the command could not be given its place"),
    (500, "unshowable", "the command is recorded, and cannot be shown"),
    (503, "timed_out", "it took too long; a command may be recorded all the same"),
    (503, "queue_full", "as many commands wait as may: nothing was recorded"),
    (503, "not_signed_yet", "it is recorded, and no checkpoint of that size is signed yet"),
    (503, "not_cosigned_yet", "it is signed, and not yet by as many witnesses as are needed"),
    (503, "tiles_wrong", "what is kept of the tree was wrong, and is computed again"),
    (503, "exports_busy", "as many exports are under way as may be"),
    (503, "streams_busy", "as many follow histories as may"),
    (503, "passwords_busy", "as many passwords are being checked as may be at once"),
    (503, "passes_full", "as many sessions and links are kept as may be"),
    (503, "clock_behind", "the machine's clock lies behind the last entry"),
    (503, "stopped", "the writer takes no commands any more"),
    (503, "read_only", "the disk can only be read: nothing was recorded"),
    (503, "not_appended", "the log did not take the command: nothing was recorded"),
    (503, "erasure_unfinished", "the erasure is recorded; opening the ledger again finishes it"),
    (503, "outcome_unknown", "whether the command is recorded shows when the ledger opens again"),
    (503, "cut_short", "a part of the command is recorded, and the rest is not"),
    (507, "disk_full", "the disk is full: nothing was recorded"),
    (507, "idempotency_key_unkept", "idempotency keys cannot be kept: nothing was recorded"),
    (507, "cut_short", "the disk is full: a part of the command is recorded"),
];

/// A problem that may be answered.
pub(super) struct Listed {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) meaning: &'static str,
}

/// Every one there is, by status.
pub(super) fn listed() -> Vec<Listed> {
    let meaning = |code: &str| {
        let place = Refusal::CODES.iter().position(|known| *known == code);
        place.and_then(|place| Refusal::TEXTS.get(place)).copied().unwrap_or_default()
    };
    let refused = REFUSALS.iter().flat_map(|(status, codes)| {
        codes.iter().map(move |code| Listed { status: *status, code, meaning: meaning(code) })
    });
    let said = OF_DOORS.iter();
    let said = said.map(|&(status, code, meaning)| Listed { status, code, meaning });
    let mut all: Vec<Listed> = refused.chain(said).collect();
    all.sort_by_key(|problem| problem.status);
    all
}

/// The name of a status, as a component is called by it, and what it is about.
fn named(status: u16) -> Option<(&'static str, &'static str)> {
    Some(match status {
        400 => ("BadRequest", "What was sent cannot be understood."),
        401 => ("Unauthorized", "Whoever asks has not come in, or no longer may."),
        403 => ("Forbidden", "Somebody else may."),
        404 => ("NotFound", "It is not there, or not for whoever asks."),
        405 => ("MethodNotAllowed", "The path takes other methods."),
        409 => ("Conflict", "What is recorded stands against it."),
        410 => ("Gone", "It is over for good."),
        412 => ("PreconditionFailed", "What is asked for to hold does not."),
        413 => ("ContentTooLarge", "It is more than is taken at once."),
        415 => ("UnsupportedMediaType", "The body is of another type."),
        422 => ("UnprocessableContent", "It can be understood, and can never be."),
        429 => ("TooManyRequests", "Too much in a while."),
        500 => ("InternalServerError", "Rollbook did not do what it should."),
        503 => ("ServiceUnavailable", "Not now."),
        507 => ("InsufficientStorage", "There is no room."),
        _ => return None,
    })
}

/// Where an operation finds the answer of a status.
pub(super) fn reference(status: u16) -> Value {
    let name = named(status).map_or("InternalServerError", |(name, _)| name);
    json!({ "$ref": format!("#/components/responses/{name}") })
}

/// Any problem, where an operation answers browsers.
pub(super) fn whatever() -> Value {
    json!({
        "description": "Whatever else goes wrong.",
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
        } },
    })
}

/// What every problem says (RFC 9457), and the codes there are.
pub(super) fn schema() -> Value {
    let mut codes: Vec<&str> = listed().iter().map(|problem| problem.code).collect();
    codes.sort_unstable();
    codes.dedup();
    json!({
        "description": "One thing that is wrong (RFC 9457). The code is stable; the words may \
            change, and the list of codes may grow.",
        "type": "object",
        "properties": {
            "type": { "description": "Always `about:blank`.", "type": "string", "const": "about:blank" },
            "title": { "description": "The status, in words.", "type": "string" },
            "status": {
                "description": "The status of the answer.",
                "type": "integer", "minimum": 400, "maximum": 599,
            },
            "code": { "description": "What is wrong.", "type": "string", "enum": codes },
            "detail": {
                "description": "What is wrong here and what to do, for people.",
                "type": "string",
            },
        },
        "required": ["type", "title", "status", "code", "detail"],
    })
}

/// The answers of every status.
pub(super) fn responses() -> Map<String, Value> {
    let all = listed();
    let mut responses = Map::new();
    let mut statuses: Vec<u16> = all.iter().map(|problem| problem.status).collect();
    statuses.dedup();
    for status in statuses {
        let Some((name, about)) = named(status) else { continue };
        let problems: Vec<&Listed> = all.iter().filter(|it| it.status == status).collect();
        responses.insert(name.to_owned(), response(status, about, &problems));
    }
    responses
}

fn response(status: u16, about: &str, problems: &[&Listed]) -> Value {
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    let meanings: Vec<String> =
        problems.iter().map(|it| format!("- `{}`: {}", it.code, it.meaning)).collect();
    let title = axum::http::StatusCode::from_u16(status).ok();
    let title = title.and_then(|status| status.canonical_reason()).unwrap_or_default();
    let examples: Map<String, Value> = problems
        .iter()
        .map(|it| {
            let value = json!({
                "type": "about:blank", "title": title, "status": status,
                "code": it.code, "detail": it.meaning,
            });
            (it.code.to_owned(), json!({ "summary": it.meaning, "value": value }))
        })
        .collect();
    let mut headers = json!({
        "Rollbook-Request": { "$ref": "#/components/headers/Rollbook-Request" },
    });
    let of_status: &[&str] = match status {
        401 => &["WWW-Authenticate"],
        405 => &["Allow"],
        429 | 503 => &["Retry-After"],
        _ => &[],
    };
    for header in of_status {
        headers[header] = json!({ "$ref": format!("#/components/headers/{header}") });
    }
    json!({
        "description": format!("{about}\n\n{}", meanings.join("\n")),
        "headers": headers,
        "content": { "application/problem+json": {
            "schema": {
                "allOf": [
                    { "$ref": "#/components/schemas/Problem" },
                    {
                        "type": "object",
                        "properties": {
                            "status": { "type": "integer", "const": status },
                            "code": { "type": "string", "enum": codes },
                        },
                    },
                ],
            },
            "examples": examples,
        } },
    })
}
