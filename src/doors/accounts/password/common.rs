//! Passwords that everybody thinks of. The length refuses the shorter half of any such list;
//! whoever wants a longer one asks a service for it. What really bounds guessing is the throttle.

const COMMON: [&str; 40] = [
    "1234567890",
    "123456789",
    "12345678",
    "87654321",
    "987654321",
    "123123123",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "zaq12wsx",
    "qwertyui",
    "qwertyuiop",
    "qwerty12",
    "qwerty123",
    "qwertz123",
    "azerty123",
    "asdfghjk",
    "asdfghjkl",
    "abcdefgh",
    "abcd1234",
    "abc12345",
    "password",
    "password1",
    "password12",
    "password123",
    "password!",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "passwort",
    "motdepasse",
    "wachtwoord",
    "iloveyou",
    "letmein1",
    "welcome1",
    "welcome123",
    "changeme",
    "administrator",
    "trustno1",
    "rollbook",
];

/// Whether a password in lower case is among them, or is one character over and over.
pub(super) fn holds(folded: &str) -> bool {
    let mut characters = folded.chars();
    let first = characters.next();
    COMMON.contains(&folded) || characters.all(|character| Some(character) == first)
}
