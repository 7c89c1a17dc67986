//! What the system says of a socket, in our words.

use std::io;

use crate::api::WireError;

/// The kind of an error of the system; `None` where it says nothing of its own, or is another library's in disguise.
pub(super) fn kind_of(error: &io::Error) -> Option<WireError> {
    // rustls travels inside an io::Error, which does not show it as its source.
    if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) {
        return Some(WireError::Tls);
    }
    Some(match error.kind() {
        io::ErrorKind::ConnectionRefused => WireError::Refused,
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
            WireError::Reset
        }
        io::ErrorKind::UnexpectedEof => WireError::Closed,
        io::ErrorKind::TimedOut => WireError::ConnectTimeout,
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::OutOfMemory => WireError::LocalLimit,
        // EMFILE and ENFILE: no descriptors left in the process or in the system.
        _ if matches!(error.raw_os_error(), Some(23 | 24)) => WireError::LocalLimit,
        _ => return None,
    })
}
