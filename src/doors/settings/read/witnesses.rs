//! Who else signs checkpoints, and who says when they were there.

use super::path;
use crate::doors::client::SubmissionUrl;
use crate::doors::settings::declared::{GUARD, TIMESTAMPS, WITNESSES, WITNESSES_REQUIRED};
use crate::doors::settings::{Given, SettingsError, Witnessed};
use crate::doors::witnesses::policy;

pub(super) fn read(given: &Given) -> Result<Option<Witnessed>, SettingsError> {
    let file = given.optional(&WITNESSES, path)?;
    let is_required = given.value(&WITNESSES_REQUIRED, |text| match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    })?;
    let Some(file) = file else {
        if is_required {
            given.needs(&WITNESSES_REQUIRED, &WITNESSES)?;
        }
        return Ok(None);
    };
    given.needs(&WITNESSES, &GUARD)?;
    let policy = policy(&file)
        .map_err(|what| given.unusable(&WITNESSES, format_args!("{}: {what}", file.display())))?;
    Ok(Some(Witnessed { policy, is_required }))
}

pub(super) fn timestamps(given: &Given) -> Result<Option<SubmissionUrl>, SettingsError> {
    given.needs(&TIMESTAMPS, &GUARD)?;
    given.optional(&TIMESTAMPS, |text| text.parse().ok())
}
