//! `packaging/Containerfile`, built and run.
//!
//! No registry of images is reached: the bases are made from files of this machine. The builder's
//! `cargo` hands out the program that is tested here instead of compiling it once more, so this
//! shows every other step of the build, the image and what it runs, and not that its compiler does.

use super::of_repository;
use super::started::Started;
use crate::clients::is_there;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What the builder's base has for `cargo`.
const CARGO: &str = "#!/bin/sh\nmkdir -p target/release && cp /given/rollbook target/release/\n";

/// Images and containers of their own, in a directory that goes with the test.
struct Engine(TempDir);

impl Engine {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("buildah");
        let path = |name: &str| self.0.path().join(name);
        command.args(["--storage-driver", "vfs", "--root"]).arg(path("images"));
        command.arg("--runroot").arg(path("run")).args(words);
        command
    }

    fn told(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// An image that holds a directory's files.
    fn image(&self, name: &str, files: &Path) {
        let container = self.told(&["from", "scratch"]);
        self.told(&["copy", "--quiet", &container, files.to_str().unwrap(), "/"]);
        self.told(&["config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin", &container]);
        self.told(&["commit", "--quiet", "--rm", &container, name]);
    }
}

/// Puts a program of this machine and the libraries that it needs below a root.
fn put(root: &Path, program: &Path, at: &str) {
    let place = |path: &Path| root.join(path.strip_prefix("/").unwrap());
    let copy = |from: &Path, to: &Path| {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    };
    copy(program, &place(Path::new(at)));
    let told = Command::new("ldd").arg(program).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let libraries = told.split_whitespace().filter(|word| word.starts_with('/'));
    for library in libraries.map(PathBuf::from) {
        copy(&library, &place(&library));
    }
}

/// The runtime's base has what the program needs and nothing else; the builder's has a shell too.
fn bases(engine: &Engine) {
    let rollbook = Path::new(env!("CARGO_BIN_EXE_rollbook"));
    let runtime = engine.0.path().join("runtime");
    put(&runtime, rollbook, "/rollbook");
    fs::remove_file(runtime.join("rollbook")).unwrap();
    engine.image("localhost/runtime", &runtime);
    let builder = engine.0.path().join("builder");
    put(&builder, rollbook, "/given/rollbook");
    for program in ["sh", "mkdir", "cp"] {
        put(&builder, &Path::new("/bin").join(program), &format!("/bin/{program}"));
    }
    let cargo = builder.join("usr/local/bin/cargo");
    fs::create_dir_all(cargo.parent().unwrap()).unwrap();
    fs::write(&cargo, CARGO).unwrap();
    fs::set_permissions(&cargo, PermissionsExt::from_mode(0o755)).unwrap();
    engine.image("localhost/builder", &builder);
}

/// The first process below another one that runs a program of that name.
fn below(id: u32, name: &str) -> Option<u32> {
    let threads = fs::read_dir(format!("/proc/{id}/task")).ok()?;
    let children =
        threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    let children: Vec<u32> = children
        .flat_map(|text| text.split_whitespace().map(|id| id.parse().unwrap()).collect::<Vec<_>>())
        .collect();
    children.into_iter().find_map(|child| {
        let runs = fs::read_to_string(format!("/proc/{child}/comm")).ok()?;
        if runs.trim() == name { Some(child) } else { below(child, name) }
    })
}

fn words(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.map(|word| word.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_image_is_built_serves_as_nobody_and_stops_cleanly() {
    if !is_there(&["buildah", "--version"]) {
        return;
    }
    let engine = Engine(tempfile::tempdir().unwrap());
    bases(&engine);
    let file = of_repository("packaging/Containerfile");
    let mut build = vec!["build", "--isolation", "chroot", "--pull-never", "--quiet"];
    build.extend(["--build-arg", "BUILDER=localhost/builder", "--tag", "localhost/rollbook"]);
    build.extend(["--build-arg", "RUNTIME=localhost/runtime", "--file", file.to_str().unwrap()]);
    build.push(env!("CARGO_MANIFEST_DIR"));
    engine.told(&build);
    let described = engine.told(&["inspect", "--type", "image", "localhost/rollbook"]);
    let described: Value = serde_json::from_str(&described).unwrap();
    let config = &described["OCIv1"]["config"];
    assert_eq!(
        (config["User"].as_str(), config["StopSignal"].as_str()),
        (Some("65532:65532"), Some("SIGTERM")),
        "{config}"
    );
    for volume in ["/var/lib/rollbook", "/var/lib/rollbook-guard"] {
        assert!(config["Volumes"][volume].is_object(), "{config}");
    }
    assert!(config["ExposedPorts"]["8080/tcp"].is_object(), "{config}");

    let container = engine.told(&["from", "--pull-never", "localhost/rollbook"]);
    let mounted = PathBuf::from(engine.told(&["mount", &container]));
    assert!(!mounted.join("bin/sh").exists(), "the runtime holds more than it needs");
    let mut run = engine.command(&["run", "--isolation", "chroot"]);
    // Another port than the image's, which may be taken here.
    run.args(["--env", "ROLLBOOK_LISTEN=127.0.0.1:0", "--env", "ROLLBOOK_LOG_LEVEL=warn"]);
    run.args([&container, "--"]);
    run.args(words(&config["Entrypoint"])).args(words(&config["Cmd"]));
    let started = Started::by(&mut run);
    started.assert_ready();
    let id = below(started.id(), "rollbook").expect("the program runs in the container");
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    assert!(status.contains("Uid:\t65532\t65532\t65532\t65532"), "{status}");
    // Seen from inside: a volume stands in its place.
    let guard = format!("/proc/{id}/root/var/lib/rollbook-guard/guard");
    assert!(Path::new(&guard).is_file(), "nothing is signed");
    started.stop(id);
}
