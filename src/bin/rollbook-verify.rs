//! Checks an export.

use std::process::ExitCode;

fn main() -> ExitCode {
    rollbook::doors::verify::run()
}
