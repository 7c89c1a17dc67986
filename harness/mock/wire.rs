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

use bytes::{Buf as _, Bytes, BytesMut};
use http::Version;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::gauges::Gauges;
use super::watch::Watch;

/// How a client that speaks HTTP/2 begins (RFC 9113, section 3.4). No method of HTTP/1.1 begins so.
const PREFACE: &[u8] = b"PRI";
/// Most requests fit into a first read of this size.
const FIRST_READ: usize = 4 << 10;
/// The most that is read behind a last reply at one go, before others have their turn.
const DISCARD: usize = 64 << 10;

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
    watch: Rc<Watch>,
    gauges: Rc<Gauges>,
    /// What was read to learn the version; hyper reads it again.
    start: Bytes,
    /// Whether our side has been closed.
    shut: bool,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, hatch: Hatch, watch: Rc<Watch>, gauges: Rc<Gauges>) -> Self {
        Self { stream, hatch, watch, gauges, start: Bytes::new(), shut: false }
    }

    /// Reads so much as tells which version the client speaks. Where it goes away before, either will do.
    pub(super) async fn version(&mut self) -> io::Result<Version> {
        let mut start = BytesMut::with_capacity(FIRST_READ);
        let version = loop {
            let read = self.stream.read_buf(&mut start).await?;
            self.gauges.received.add(read as u64);
            let known = start.len().min(PREFACE.len());
            if read == 0 || start[..known] != PREFACE[..known] {
                break Version::HTTP_11;
            }
            if known == PREFACE.len() {
                self.watch.share();
                break Version::HTTP_2;
            }
            self.watch.read();
        };
        self.start = start.freeze();
        self.watch.known();
        Ok(version)
    }

    fn written(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.watch.write(result.is_pending());
        if let Poll::Ready(Ok(length)) = result {
            self.gauges.sent.add(length as u64);
        }
        result
    }

    /// Reads and forgets until the client has ended its side; the sweep ends it where the client does not.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut discarded = 0;
        let mut waste = [0; 4 << 10];
        while discarded < DISCARD {
            let mut waste = ReadBuf::new(&mut waste);
            // A reset is an end, too.
            if ready!(Pin::new(&mut self.stream).poll_read(cx, &mut waste)).is_err() || waste.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            discarded += waste.filled().len();
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Sends what is in the hatch, if anything; `written` is what hyper believes to have written then.
    fn poll_spoiled(&mut self, cx: &mut Context<'_>, written: usize) -> Option<Poll<io::Result<usize>>> {
        let mut hatch = self.hatch.borrow_mut();
        let spoiled = hatch.as_mut()?;
        while !spoiled.bytes.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, &spoiled.bytes) {
                Poll::Ready(Ok(sent)) => {
                    self.watch.write(false);
                    self.gauges.sent.add(sent as u64);
                    spoiled.bytes.advance(sent);
                }
                Poll::Ready(Err(fault)) => return Some(Poll::Ready(Err(fault))),
                Poll::Pending => {
                    self.watch.write(true);
                    return Some(Poll::Pending);
                }
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
        let this = &mut *self;
        if !this.start.is_empty() {
            let length = this.start.len().min(buf.remaining());
            buf.put_slice(&this.start[..length]);
            this.start.advance(length);
            this.watch.read();
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        let read = buf.filled().len() - before;
        if read > 0 {
            this.gauges.received.add(read as u64);
            this.watch.read();
        } else if buf.remaining() > 0 && this.watch.hides_end(cx) {
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(result) = self.poll_spoiled(cx, buf.len()) {
            return result;
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Some(result) = self.poll_spoiled(cx, bufs.iter().map(|buf| buf.len()).sum()) {
            return result;
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.written(written)
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
        if !self.shut {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            self.shut = true;
        }
        // Closing with input unread makes the system reset the connection, and the client may never see the reply.
        if self.watch.lingers() { self.poll_discard(cx) } else { Poll::Ready(Ok(())) }
    }
}
