//! `samples/demo.sh`, which the README names.

use std::path::Path;
use std::process::Command;

#[test]
fn the_demo_does_what_the_readme_says() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/demo.sh");
    let output = Command::new("sh")
        .arg(script)
        .env("ROLLBOOK", env!("CARGO_BIN_EXE_rollbook"))
        .env("ROLLBOOK_VERIFY", env!("CARGO_BIN_EXE_rollbook-verify"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}{errors}");
    assert_eq!(errors, "");
    let expected = [
        "\"imported\":49",
        "lantern-works: 7 members as of 2020-06-01",
        "- quill-arden: member, removed 2023-04-11",
        "VERIFIED: every entry was computed again",
        "Integrity:     VERIFIED",
        "With one name altered:",
        "Integrity:     FAILED",
    ];
    let mut rest = said.as_str();
    for part in expected {
        let place = rest.find(part).unwrap_or_else(|| panic!("{part} is missing in:\n{rest}"));
        rest = &rest[place + part.len()..];
    }
}
