use super::*;
use crate::proof::{AddCheckpoint, Checkpoint, TlogProof};
use crate::words::TreeHash;
use signed_note::{Note as TheirNote, StandardVerifier, VerifierList};

fn log() -> SigningKey {
    SigningKey::from_seed("ledger.example", KeyKind::Log, &[1; 32]).unwrap()
}

fn witness() -> SigningKey {
    SigningKey::from_seed("witness.example", KeyKind::Witness, &[2; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: "ledger.example".to_owned(), size: 7, root: TreeHash::empty() }
}

#[test]
fn other_peoples_code_accepts_what_we_sign_and_refuses_it_altered() {
    let written = checkpoint().unsigned().signed(&log()).to_string();
    let verifier = || StandardVerifier::new(&log().public().to_string()).unwrap();
    let known = || VerifierList::new(vec![Box::new(verifier())]);
    let theirs = TheirNote::from_bytes(written.as_bytes()).unwrap();
    assert!(theirs.verify(&known()).is_ok());
    let altered = written.replace("\n7\n", "\n8\n");
    assert!(TheirNote::from_bytes(altered.as_bytes()).unwrap().verify(&known()).is_err());
}

#[test]
fn a_known_key_is_believed_and_a_bad_signature_of_it_is_not() {
    let (log, witness) = (log(), witness());
    let moment = Duration::from_secs(1_790_000_000);
    let note = checkpoint().unsigned().signed(&log).signed_at(&witness, moment);
    let bytes = note.to_string();
    let (read, parsed) = Checkpoint::parse(bytes.as_bytes()).unwrap();
    assert_eq!((read, parsed.to_string()), (checkpoint(), bytes.clone()));
    let keys = [log.public().clone(), witness.public().clone()];
    let verified = parsed.verify(keys.iter()).unwrap();
    assert_eq!(verified.iter().map(|it| it.time).collect::<Vec<_>>(), [None, Some(moment)]);
    assert!(parsed.verify(keys[..0].iter()).unwrap().is_empty());
    let other = SigningKey::from_seed("ledger.example", KeyKind::Log, &[3; 32]).unwrap();
    assert!(parsed.verify([other.public().clone()].iter()).unwrap().is_empty());
    let resized = Note::parse(bytes.replace("\n7\n", "\n8\n").as_bytes()).unwrap();
    assert!(resized.verify(keys.iter()).is_err());
    assert!(resized.verify(keys[1..].iter()).is_err());
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    let good = checkpoint().unsigned().signed(&log()).to_string();
    let table = [
        ("a size with a leading zero", good.replace("\n7\n", "\n07\n")),
        ("a size with a sign", good.replace("\n7\n", "\n+7\n")),
        ("a size that nothing has", good.replace("\n7\n", "\n9007199254740993\n")),
        ("carriage returns", good.replace('\n', "\r\n")),
        ("no line feed at the end", good.trim_end().to_owned()),
        ("an extension line", good.replace("FU=\n\n", "FU=\nmore\n\n")),
        ("another spelling of the root", good.replace("FU=\n\n", "FV=\n\n")),
        ("no root", good.replace("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "")),
        ("an origin with a blank", good.replacen("ledger.example", "ledger example", 1)),
        ("no signature", good.split("\n\n").next().unwrap().to_owned() + "\n\n"),
        ("a hyphen for the dash", good.replace('\u{2014}', "-")),
        ("a signature without its padding", good.replace("==\n", "\n").replace("=\n", "\n")),
        ("two empty lines", good.replace("\n\n", "\n\n\n")),
    ];
    for (what, bytes) in table {
        assert_ne!(bytes, good, "{what}");
        assert!(Checkpoint::parse(bytes.as_bytes()).is_err(), "{what}: {bytes}");
    }
    let line = good.lines().last().unwrap();
    let many = format!("{good}{}", format!("{line}\n").repeat(SIGNATURES_LIMIT));
    assert!(Checkpoint::parse(many.as_bytes()).is_err());
    assert!(Checkpoint::parse(&[0xff, b'\n']).is_err());
}

#[test]
fn keys_are_read_in_one_spelling() {
    let vkey = witness().public().to_string();
    assert_eq!(vkey.parse::<VerificationKey>().unwrap(), *witness().public());
    assert_eq!(log().public().as_witness().kind(), KeyKind::Witness);
    let id = format!("{:08x}", witness().public().id());
    let weak = VerificationKey::new("w", KeyKind::Log, &[0; 32]);
    assert!(weak.is_err(), "the neutral point signs everything");
    for bad in [
        vkey.replace("witness.example", "witness.example2"),
        vkey.replace(&id, "00000000"),
        vkey.replace(&id, &id.to_uppercase()).replace(&id, "0"),
        vkey.replace("witness.example", "a b"),
        vkey.trim_end_matches('=').to_owned() + "A",
        "+".to_owned(),
        String::new(),
    ] {
        assert!(bad == vkey || bad.parse::<VerificationKey>().is_err(), "{bad}");
    }
}

#[test]
fn proofs_are_read_as_they_are_written() {
    let note = checkpoint().unsigned().signed(&log()).to_string();
    let path = vec![TreeHash::leaf(b"a"), TreeHash::leaf(b"b")];
    let proof = TlogProof { index: 5, path: path.clone(), checkpoint: &note };
    let written = proof.write();
    assert_eq!(TlogProof::parse(&written), Some(proof));
    for bad in [
        written.replace("v1", "v2"),
        written.replace("index 5", "index 05"),
        written.replace("index 5", "extra AAAA\nindex 5"),
        written.replace("index 5\n", "index 5\n\n").replace("\n\n\u{2014}", "\u{2014}"),
        format!("{}\nindex 1\n{}\n{note}", BEGINNING, format!("{}\n", path[0]).repeat(65)),
    ] {
        let read = TlogProof::parse(&bad);
        assert!(read.is_none_or(|read| read.checkpoint != note), "{bad}");
    }
    let request = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: &note };
    assert_eq!(AddCheckpoint::parse(&request.write()), Some(request));
}

const BEGINNING: &str = "c2sp.org/tlog-proof@v1";
