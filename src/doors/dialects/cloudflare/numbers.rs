//! The numbers of what is wrong. One never changes its meaning; the list may grow.

/// What has no number of its own.
const OTHER: u32 = 1000;

/// By code: first what Cloudflare's clients know by its number, then what is wrong with a request
/// or with the server, then what the law refuses.
#[rustfmt::skip]
const NUMBERS: &[(&str, u32)] = &[
    ("unknown_route", 7003),
    ("wrong_method", 7001),
    ("unauthorized", 10000),
    ("wrong_body", 1001),
    ("wrong_parameter", 1002),
    ("wrong_identifier", 1003),
    ("wrong_path", 1004),
    ("wrong_actor", 1005),
    ("wrong_moment", 1006),
    ("policies_unknown", 1007),
    ("email_unproven", 1008),
    ("invitation_pending", 1009),
    ("unknown_membership", 1010),
    ("not_a_user", 1011),
    ("body_too_large", 1012),
    ("unsupported_media_type", 1013),
    ("foreign_origin", 1014),
    ("queue_full", 1015),
    ("timed_out", 1016),
    ("fault", 1017),
    ("unwritable", 1018),
    ("unreadable", 1019),
    ("damaged", 1020),
    ("disk_full", 1021),
    ("read_only", 1022),
    ("outcome_unknown", 1023),
    ("not_appended", 1024),
    ("clock_behind", 1025),
    ("command_too_large", 1026),
    ("unplaceable", 1027),
    ("cut_short", 1028),
    ("unshowable", 1029),
    ("stopped", 1030),
    ("erasure_unfinished", 1031),
    ("not_permitted", 1101),
    ("operator_only", 1102),
    ("not_yourself", 1103),
    ("actor_suspended", 1104),
    ("top_role_only", 1105),
    ("second_factor_needed", 1106),
    ("session_ended", 1107),
    ("session_needed", 1108),
    ("token_ended", 1109),
    ("scope_missing", 1110),
    ("reason_needed", 1111),
    ("unknown_organization", 1112),
    ("organization_dissolved", 1113),
    ("organization_not_certified", 1114),
    ("not_an_enterprise", 1115),
    ("personal_organization", 1116),
    ("role_set_does_not_fit", 1117),
    ("slug_taken", 1118),
    ("no_seat_left", 1119),
    ("nothing_changes", 1120),
    ("address_needed", 1121),
    ("email_taken", 1122),
    ("username_taken", 1123),
    ("unknown_user", 1124),
    ("already_member", 1125),
    ("unknown_member", 1126),
    ("member_suspended", 1127),
    ("member_active", 1128),
    ("cannot_sign_in", 1129),
    ("email_unverified", 1130),
    ("not_the_email", 1131),
    ("credentials_changed", 1132),
    ("password_present", 1133),
    ("second_factor_on", 1134),
    ("second_factor_off", 1135),
    ("unknown_token", 1136),
    ("token_name_taken", 1137),
    ("too_many_tokens", 1138),
    ("token_expiry_out_of_range", 1139),
    ("scope_needed", 1140),
    ("already_auditor", 1141),
    ("not_an_auditor", 1142),
    ("grant_expiry_out_of_range", 1143),
    ("unknown_api_key", 1144),
    ("api_key_taken", 1145),
    ("too_many_api_keys", 1146),
    ("unknown_role", 1147),
    ("roles_do_not_fit", 1148),
    ("role_outranks_actor", 1149),
    ("member_outranks_actor", 1150),
    ("super_admin_by_transfer_only", 1151),
    ("last_super_admin", 1152),
    ("last_top_role", 1153),
    ("created_members_join_as", 1154),
    ("nothing_to_transfer", 1155),
    ("role_name_taken", 1156),
    ("role_in_use", 1157),
    ("role_built_in", 1158),
    ("unknown_invitation", 1159),
    ("already_invited", 1160),
    ("invitation_expired", 1161),
    ("invitation_accepted", 1162),
    ("invitation_revoked", 1163),
    ("invitation_declined", 1164),
    ("invitation_not_yours", 1165),
    ("invitation_token_wrong", 1166),
    ("expiry_out_of_range", 1167),
    ("too_many_teams", 1168),
    ("unknown_team", 1169),
    ("team_name_taken", 1170),
    ("team_cycle", 1171),
    ("teams_too_deep", 1172),
    ("already_in_team", 1173),
    ("not_in_team", 1174),
    ("occurred_in_future", 1175),
    ("occurred_too_early", 1176),
    ("source_conflict", 1177),
    ("source_contradicts", 1178),
    ("line_refused", 1179),
    ("person_erased", 1180),
];

/// The number of a code.
pub(super) fn of(code: &str) -> u32 {
    NUMBERS.iter().find(|(known, _)| *known == code).map_or(OTHER, |(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Refusal;
    use std::collections::BTreeSet;

    #[test]
    fn every_refusal_has_a_number_of_its_own() {
        for code in Refusal::CODES {
            assert_ne!(of(code), OTHER, "{code}");
        }
        let numbers: BTreeSet<u32> = NUMBERS.iter().map(|(_, number)| *number).collect();
        let codes: BTreeSet<&str> = NUMBERS.iter().map(|(code, _)| *code).collect();
        assert_eq!((numbers.len(), codes.len()), (NUMBERS.len(), NUMBERS.len()));
        assert!(numbers.iter().all(|number| *number > OTHER));
    }
}
