//! A connection's bytes, in clear text or through TLS.

use std::io::{self, IoSlice, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use mio::net::TcpStream;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

/// A socket that never blocks.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// What TLS needs to know of the target.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    pub(super) config: Arc<ClientConfig>,
    pub(super) name: ServerName<'static>,
}

impl Stream {
    /// Begins to connect.
    pub(super) fn connect(address: SocketAddr, tls: Option<&Tls>) -> io::Result<Self> {
        let socket = TcpStream::connect(address)?;
        // A request is written as a whole; waiting for more to send along would only delay it.
        socket.set_nodelay(true)?;
        let Some(tls) = tls else { return Ok(Self::Plain(socket)) };
        let session = ClientConnection::new(Arc::clone(&tls.config), tls.name.clone()).map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(StreamOwned::new(session, socket))))
    }

    pub(super) fn socket(&mut self) -> &mut TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &mut stream.sock,
        }
    }

    /// Whether the connection is made; an error where it will not be.
    pub(super) fn is_connected(&mut self) -> io::Result<bool> {
        let socket = self.socket();
        if let Some(error) = socket.take_error()? {
            return Err(error);
        }
        match socket.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Goes on with the handshake as far as it goes; true once there is nothing more to do.
    pub(super) fn shake_hands(&mut self) -> io::Result<bool> {
        let Self::Tls(stream) = self else { return Ok(true) };
        while stream.conn.is_handshaking() {
            match stream.conn.complete_io(&mut stream.sock) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Reads what is there. A peer that closes without saying so in TLS is an [`io::ErrorKind::UnexpectedEof`].
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }

    /// Whether a read that did not fill its buffer has read all there was.
    pub(super) fn is_drained_by_short_read(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// Writes as much as is taken at once of two slices, one behind the other.
    pub(super) fn write(&mut self, first: &[u8], second: &[u8]) -> io::Result<usize> {
        let slices = [IoSlice::new(first), IoSlice::new(second)];
        match self {
            Self::Plain(socket) if second.is_empty() => socket.write(first),
            Self::Plain(socket) => socket.write_vectored(&slices),
            Self::Tls(stream) => stream.write_vectored(&slices),
        }
    }

    /// Whether TLS holds back what the socket has not taken yet.
    pub(super) fn holds_back(&self) -> bool {
        matches!(self, Self::Tls(stream) if stream.conn.wants_write())
    }

    /// Writes what TLS holds back, as far as the socket takes it.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        let Self::Tls(stream) = self else { return Ok(()) };
        match stream.flush() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            flushed => flushed,
        }
    }
}
