//! The whole of Rollbook behind one command line.

fn main() -> std::process::ExitCode {
    rollbook::doors::cli::run()
}
