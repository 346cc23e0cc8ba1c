use super::*;

#[test]
fn the_empty_tree_is_the_published_one() {
    // tessera's checkpoint.0, quoted by the transparency log community.
    assert_eq!(TreeHash::empty().to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

#[test]
fn base64_has_one_spelling() {
    let written = TreeHash::empty().to_string();
    assert!(TreeHash::parse(&written).is_ok());
    assert!(TreeHash::parse(written.trim_end_matches('=')).is_err());
    assert!(TreeHash::parse(&written.replace('+', "-").replace('/', "_")).is_err());
    assert!(TreeHash::parse(&written.replace("FU=", "FV=")).is_err());
}

#[test]
fn a_commitment_is_bound_to_its_place() {
    let origin = Origin::parse("ledger.example").unwrap();
    let place = Place { log: &origin, seq: 7, field: "/email" };
    let first = Commitment::to(place, &[1; 32], "a@example.org");
    assert_eq!(first, Commitment::to(place, &[1; 32], "a@example.org"));
    assert_ne!(first, Commitment::to(Place { seq: 8, ..place }, &[1; 32], "a@example.org"));
    assert_ne!(first, Commitment::to(Place { field: "/name", ..place }, &[1; 32], "a@example.org"));
    assert_ne!(first, Commitment::to(place, &[2; 32], "a@example.org"));
    assert_ne!(first, Commitment::to(place, &[1; 32], "b@example.org"));
}
