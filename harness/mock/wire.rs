//! The connection's bytes, and the way to spoil them.
//!
//! hyper never sends bytes that are not HTTP, nor a wrong length, nor half of a reply. So its connection runs over a
//! [`Wire`] that can be handed a [`Spoiled`] reply: when hyper writes its own next, the wire drops it and sends these bytes
//! in its place, and then ends the connection the way the fault wants it.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Bytes to be sent in place of hyper's, and what comes after them.
#[derive(Debug)]
pub(super) struct Spoiled {
    pub(super) bytes: Bytes,
    pub(super) ending: Ending,
}

/// What comes after spoiled bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// A reset: `SO_LINGER` of zero, then the socket is dropped.
    Reset,
    /// An orderly end.
    Close,
    /// The connection goes on as if nothing had happened.
    KeepOpen,
}

/// Where a connection's requests leave what is to be sent in place of their replies.
pub(super) type Hatch = Rc<RefCell<Option<Spoiled>>>;

/// A TCP stream with a hatch.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
    hatch: Hatch,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, hatch: Hatch) -> Self {
        Self { stream, hatch }
    }

    /// Sends what is in the hatch, if anything; `written` is what hyper believes to have written then.
    fn poll_spoiled(&mut self, cx: &mut Context<'_>, written: usize) -> Option<Poll<io::Result<usize>>> {
        let mut hatch = self.hatch.borrow_mut();
        let spoiled = hatch.as_mut()?;
        while !spoiled.bytes.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, &spoiled.bytes) {
                Poll::Ready(Ok(sent)) => drop(spoiled.bytes.split_to(sent)),
                Poll::Ready(Err(fault)) => return Some(Poll::Ready(Err(fault))),
                Poll::Pending => return Some(Poll::Pending),
            }
        }
        // An error makes hyper give up the connection, which drops the socket.
        Some(Poll::Ready(match spoiled.ending {
            Ending::KeepOpen => {
                *hatch = None;
                Ok(written)
            }
            Ending::Close => Err(io::ErrorKind::BrokenPipe.into()),
            Ending::Reset => self.stream.set_zero_linger().and(Err(io::ErrorKind::ConnectionReset.into())),
        }))
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.poll_spoiled(cx, buf.len()) {
            Some(result) => result,
            None => Pin::new(&mut self.stream).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.poll_spoiled(cx, bufs.iter().map(|buf| buf.len()).sum()) {
            Some(result) => result,
            None => Pin::new(&mut self.stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Whatever is in the hatch was meant for the client.
        if let Some(spoiled) = self.poll_spoiled(cx, 0) {
            let _ = ready!(spoiled);
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
