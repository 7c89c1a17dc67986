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
        io::ErrorKind::AddrNotAvailable => WireError::Ports,
        io::ErrorKind::OutOfMemory => WireError::LocalLimit,
        // ENFILE and EMFILE have no kind: no descriptors left in the system or in the process.
        _ if matches!(error.raw_os_error(), Some(23 | 24)) => WireError::Descriptors,
        // ENOBUFS on Linux: no memory left for sockets.
        _ if cfg!(target_os = "linux") && error.raw_os_error() == Some(105) => WireError::LocalLimit,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_machine_lacks_is_told_apart() {
        let kind = |code| kind_of(&io::Error::from_raw_os_error(code));
        for (code, expected) in
            [(24, WireError::Descriptors), (23, WireError::Descriptors), (12, WireError::LocalLimit)]
        {
            assert_eq!(kind(code), Some(expected), "{code}");
        }
        let ports = io::Error::from(io::ErrorKind::AddrNotAvailable);
        assert_eq!(kind_of(&ports), Some(WireError::Ports));
    }
}
