//! `packaging/rollbook.service`.
//!
//! systemd itself runs nowhere in these tests. Its own checks read the unit; what the unit starts
//! is started by hand, with its command line, environment, umask and notification, as a user
//! without privileges; and what the program asks of the kernel is held against the unit's filter.

use super::started::Started;
use super::{of_repository, text_of};
use crate::clients::is_there;
use rollbook::doors::server::Limits;
use std::collections::BTreeSet;
use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const UNIT: &str = "packaging/rollbook.service";

/// Whom the unit's user stands for here: nobody.
const NOBODY: u32 = 65534;

/// As `systemd-analyze security` counts, in tenths: 0 is nothing to fear. What is left is that it
/// uses the network and the machine's own files.
const EXPOSURE_LIMIT: &str = "15";

/// How long sled may take to close (`src/ground/sled_store.rs`).
const SLED_CLOSES_IN: Duration = Duration::from_secs(30);

/// What the unit says under a name, in its order.
fn said(name: &str) -> Vec<String> {
    let text = text_of(UNIT);
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).collect()
}

fn one(name: &str) -> String {
    let [value] = &said(name)[..] else { panic!("{name} is not said once") };
    value.clone()
}

/// A directory that everybody may enter, with the program in it: the checkout may stand where only
/// its owner looks.
fn place() -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let program = place.path().join("rollbook");
    fs::copy(env!("CARGO_BIN_EXE_rollbook"), &program).unwrap();
    (place, program)
}

/// The unit and its example of a drop-in, with the program where it is here.
fn installed(place: &Path, program: &Path) -> PathBuf {
    let unit = place.join("rollbook.service");
    let text = text_of(UNIT).replace("/usr/bin/rollbook", program.to_str().unwrap());
    fs::write(&unit, text).unwrap();
    let beside = place.join("rollbook.service.d");
    fs::create_dir(&beside).unwrap();
    fs::copy(of_repository("packaging/secrets.conf"), beside.join("secrets.conf")).unwrap();
    unit
}

#[test]
fn systemd_finds_nothing_wrong_with_it() {
    if !is_there(&["systemd-analyze", "--version"]) {
        return;
    }
    let (place, program) = place();
    let unit = installed(place.path(), &program);
    // The manual's pages are installed beside it, and not here.
    let mut verify = Command::new("systemd-analyze");
    let found = verify.args(["verify", "--man=no"]).arg(&unit).output().unwrap();
    let told = String::from_utf8_lossy(&found.stderr);
    assert!(found.status.success() && told.is_empty() && found.stdout.is_empty(), "{told}");
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--offline=true", "--threshold", EXPOSURE_LIMIT]);
    let found = security.arg(&unit).output().unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stdout));
}

#[test]
fn it_gives_the_server_the_time_that_it_needs() {
    let stop = one("TimeoutStopSec").trim_end_matches('s').parse().unwrap();
    let needed = Limits::STANDARD.grace * 2 + SLED_CLOSES_IN;
    assert!(Duration::from_secs(stop) > needed * 2, "{stop} s for {needed:?} and a savepoint");
    assert_eq!(one("TimeoutStartSec"), "infinity", "an unclean stop has no bound of its own");
    let files: u32 = one("LimitNOFILE").parse().unwrap();
    assert!(files >= 2 * Limits::STANDARD.connections);
    assert_eq!(one("RestartPreventExitStatus"), "2");
}

/// Starts what the unit starts, as it would; answers what it told whoever supervises it.
fn start(place: &Path, program: &Path, notify: &str, socket: &UnixDatagram) -> (Started, String) {
    let state = place.join("state");
    let command = one("ExecStart").replace("/usr/bin/rollbook", program.to_str().unwrap());
    assert!(!command.contains(['$', '%', '"', '\\']), "it would have to be read as systemd does");
    let nobody = NOBODY.to_string();
    let mut started = Command::new("setpriv");
    started.args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups", "--no-new-privs"]);
    started.args(["--bounding-set=-all", "--inh-caps=-all", "--", "sh", "-c"]);
    started.arg(format!("umask {}; exec {command}", one("UMask"))).env_clear().current_dir("/");
    let environment = one("Environment").replace("%S", state.to_str().unwrap());
    started.env("PATH", "/usr/bin:/bin");
    for (name, value) in environment.split(' ').map(|it| it.split_once('=').unwrap()) {
        started.env(name, value);
    }
    // What an administrator may write into /etc/rollbook/environment.
    started.env("ROLLBOOK_LISTEN", "127.0.0.1:0").env("ROLLBOOK_LOG_LEVEL", "warn");
    started.env("NOTIFY_SOCKET", notify);
    let started = Started::by(&mut started);
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut told = [0; 64];
    let length = socket.recv(&mut told).expect("it tells that it serves");
    (started, String::from_utf8_lossy(&told[..length]).into_owned())
}

#[test]
fn what_it_starts_serves_without_privileges_and_stops_cleanly() {
    if !is_there(&["setpriv", "--reuid", "65534", "--clear-groups", "true"]) {
        return;
    }
    assert_eq!(one("Type"), "notify");
    let (place, program) = place();
    let mode = u32::from_str_radix(&one("StateDirectoryMode"), 8).unwrap();
    let folders = one("StateDirectory");
    let folders = folders.split(' ').map(|folder| place.path().join("state").join(folder));
    let [data, guard] = &folders.collect::<Vec<_>>()[..] else { panic!("data and guard") };
    for folder in [data, guard] {
        fs::create_dir_all(folder).unwrap();
        fs::set_permissions(folder, PermissionsExt::from_mode(mode)).unwrap();
        chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let path = place.path().join("notify");
    let by_path = UnixDatagram::bind(&path).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o777)).unwrap();
    let name = format!("rollbook-test-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let by_name = UnixDatagram::bind_addr(&address).unwrap();
    let longest: u64 = one("TimeoutStopSec").trim_end_matches('s').parse().unwrap();
    for (socket, notify) in [(by_path, path.display().to_string()), (by_name, format!("@{name}"))] {
        let (started, told) = start(place.path(), &program, &notify, &socket);
        assert_eq!(told, "READY=1");
        started.assert_ready();
        assert!(!data.join("closed").exists());
        let id = started.id();
        assert!(started.stop(id) < Duration::from_secs(longest));
        assert!(data.join("closed").is_file(), "it did not close well");
    }
    assert!(guard.join("guard").is_file(), "nothing is signed");
    for file in [data, guard].into_iter().flat_map(|it| fs::read_dir(it).unwrap()) {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "others may do something with {:?}", file.file_name());
    }
}

/// The system calls of a set of systemd's and of the sets in it.
fn calls(set: &str) -> BTreeSet<String> {
    let mut command = Command::new("systemd-analyze");
    let told = command.args(["syscall-filter", set]).output().unwrap();
    assert!(told.status.success(), "{set}");
    let told = String::from_utf8(told.stdout).unwrap();
    let words = told.lines().skip(1).map(str::trim).filter(|line| !line.starts_with('#'));
    let words = words.filter(|word| !word.is_empty());
    let found = words.map(|word| match word.starts_with('@') {
        true => calls(word),
        false => BTreeSet::from([word.to_owned()]),
    });
    found.flatten().collect()
}

#[test]
fn its_filter_lets_through_what_the_server_asks_of_the_kernel() {
    let means: [&[&str]; 2] = [&["systemd-analyze", "--version"], &["strace", "-V"]];
    if !means.into_iter().all(is_there) {
        return;
    }
    let mut allowed = calls("@default");
    for set in said("SystemCallFilter") {
        for word in set.trim_start_matches('~').split(' ') {
            match set.starts_with('~') {
                true => allowed = allowed.difference(&calls(word)).cloned().collect(),
                false => allowed.extend(calls(word)),
            }
        }
    }
    assert!(allowed.len() > 100 && !allowed.contains("mount"), "{allowed:?}");
    let (place, program) = place();
    let trace = place.path().join("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o"]).arg(&trace).arg(&program);
    command.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn"]);
    command.args(["--guard", "guard"]).current_dir(place.path());
    let started = Started::by(&mut command);
    started.assert_ready();
    let children = format!("/proc/{0}/task/{0}/children", started.id());
    let child = fs::read_to_string(children).unwrap().trim().parse().unwrap();
    started.stop(child);
    let trace = fs::read_to_string(trace).unwrap();
    let asked = trace.lines().filter_map(|line| line.split_once(char::is_whitespace));
    let asked =
        asked.filter_map(|(_, call)| call.trim_start().split_once('(')).map(|(name, _)| name);
    let is_name = |name: &&str| name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    let asked: BTreeSet<String> = asked.filter(is_name).map(str::to_owned).collect();
    assert!(asked.contains("fdatasync") && asked.contains("accept4"), "{asked:?}");
    let refused: Vec<_> = asked.difference(&allowed).collect();
    assert!(refused.is_empty(), "the unit's filter refuses {refused:?}");
    let executable = trace.lines().filter(|line| line.contains("PROT_WRITE|PROT_EXEC")).count();
    assert_eq!(executable, 0, "MemoryDenyWriteExecute= refuses that");
}
