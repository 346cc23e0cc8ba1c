//! Telling whoever supervises the process that it serves: the protocol of sd_notify(3).

use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// The socket's name. Nobody waits at it where the variable is not set.
pub(super) const VARIABLE: &str = "NOTIFY_SOCKET";

/// Says that requests are taken from now on. That the process stops is not said: whoever supervises
/// it asked for that.
pub(super) fn tell(socket: &OsStr) -> io::Result<()> {
    UnixDatagram::unbound()?.send_to_addr(b"READY=1", &address(socket)?).map(drop)
}

/// A path, or behind an `@` a name that stands in no file system.
fn address(socket: &OsStr) -> io::Result<SocketAddr> {
    match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name),
        _ => SocketAddr::from_pathname(socket),
    }
}
