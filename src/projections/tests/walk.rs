//! Random histories, searched as by a walk over all entries.

use super::chance::history;
use super::story::*;
use crate::facts::*;
use crate::projections::*;
use crate::words::*;

#[test]
fn a_time_resolves_as_a_walk_over_all_entries_does() {
    let (story, _) = history(7, 300);
    let view = story.view();
    let (first, last) = (story.entries[0].effective_time(), story.now());
    for step in 0..=200 {
        let between = (last.micros() - first.micros()) * step / 199;
        let asked = Timestamp::from_micros(first.micros() + between);
        let walked = story.entries.iter().rfind(|entry| entry.effective_time() <= asked).unwrap();
        let moment = view.moment(AsOf::Time(asked), Timestamp::EPOCH).unwrap();
        assert_eq!((moment.org_seq(), moment.seq()), (walked.org_seq, walked.seq));
        assert_eq!(moment.time(), asked);
    }
}

#[test]
fn a_history_is_found_as_by_a_walk_over_all_entries() {
    let (story, _) = history(3, 400);
    let view = story.view();
    let spoken_of = |entry: &Entry, subject: SubjectId| {
        entry.fact.event.subjects(entry.fact.org).contains(&subject)
    };
    for user in (0..30).map(|number| user(&format!("user-{number}"))) {
        for event_type in [None, Some("RoleChanged"), Some("NoSuchType")] {
            let filter = HistoryFilter { about: Some(About::User(user)), event_type, actor: None };
            let found: Vec<u64> = view.history(filter, 50..300).unwrap().collect();
            let walked = story.entries[50..300].iter().filter(|entry| {
                spoken_of(entry, user.into())
                    && event_type.is_none_or(|name| entry.fact.event.type_name() == name)
            });
            assert_eq!(found, walked.map(|entry| entry.org_seq).collect::<Vec<_>>());
        }
        let mut of_members: Vec<u64> = Vec::new();
        for membership in view.memberships_of(user) {
            let about = Some(About::Member(membership.member.member_id));
            let filter = HistoryFilter { about, ..HistoryFilter::default() };
            of_members.extend(view.history(filter, 0..u64::MAX).unwrap());
        }
        let filter = HistoryFilter { about: Some(About::User(user)), ..HistoryFilter::default() };
        let of_user: Vec<u64> = view.history(filter, 0..u64::MAX).unwrap().collect();
        assert_eq!(of_members, of_user, "memberships share out what is known of a user");
    }
    let everything: Vec<u64> = view.history(HistoryFilter::default(), 0..9_999).unwrap().collect();
    assert_eq!(everything, (0..400).collect::<Vec<_>>());
}

#[test]
fn the_same_entries_write_the_same_bytes() {
    let (story, _) = history(5, 500);
    let once = serde_json::to_vec(&story.views()).unwrap();
    let again = serde_json::to_vec(&story.views()).unwrap();
    assert!(once == again);
    let read: Views = serde_json::from_slice(&once).unwrap();
    assert!(read == story.views());
    assert!(serde_json::to_vec(&read).unwrap() == once);
}
