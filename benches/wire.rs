//! Ways to the wire, side by side: the processor time that the client's thread spends on a GET over 64 connections.
//!
//! What decides is the time of the client alone, so the service answers from threads of its own and is not counted.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use criterion::{Criterion, Throughput};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use loadline::api::{Attempt, Input};
use loadline::lane::AttemptId;
use loadline::plan::Plan;
use loadline::time::MonotonicClock;
use loadline::transport::http1::reply::{Decoder, Limits, Progress};
use loadline::transport::{Http1, Transport, Wire};
use loadline::units::Nanos;
use rustix::time::{ClockId, clock_gettime};
use tokio::task::LocalSet;
use url::Url;

use crate::once::input;
use crate::synthetic::plan;

const CONNECTIONS: u64 = 64;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 44\r\n\r\n\
{\"name\":\"loadline\",\"what\":\"a bench\",\"n\":1234}";

/// Answers every request that comes in one piece, for as long as the program runs.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer(stream));
        }
    });
    address
}

fn answer(mut stream: TcpStream) {
    let mut request = [0; 4_096];
    while stream.read(&mut request).is_ok_and(|count| count > 0) && stream.write_all(ANSWER).is_ok() {}
}

/// The processor time of this thread so far.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

fn planned(url: &Url) -> Arc<Plan> {
    let text = format!(
        "name: wire\ntarget: {{url: '{url}'}}\napi: {{operations: {{Get: {{method: GET, path: /}}}}}}\n\
         workloads: [{{name: w, iterations: {{count: 1}}, flow: [{{call: Get}}]}}]\n"
    );
    Arc::new(plan(&text))
}

/// So many requests over a transport, as a lane drives it but without one.
fn over(transport: &mut impl Transport, requests: u64) {
    let send = |transport: &mut _, number: u64| {
        let attempt = Attempt { call: number, number: 1, max: 1 };
        let id = AttemptId::new(number as u32, number as u32);
        Transport::send(transport, id, Input { attempt, ..input(None) });
    };
    let mut sent = CONNECTIONS.min(requests);
    (0..sent).for_each(|number| send(transport, number));
    let mut done = 0;
    while done < requests {
        while let Some((_, reply)) = transport.next_reply() {
            assert_eq!(reply.status, Ok(200));
            done += 1;
            if sent < requests {
                send(transport, sent);
                sent += 1;
            }
        }
        if done < requests {
            transport.wait(Nanos::MAX);
        }
    }
}

/// So many requests by clients on a runtime of this thread, each with a connection and its part of the requests.
fn on_a_runtime<F: Future<Output = ()> + 'static>(requests: u64, client: impl Fn(u64) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let local = LocalSet::new();
    let share = |index: u64| requests / CONNECTIONS + u64::from(index < requests % CONNECTIONS);
    (0..CONNECTIONS).for_each(|index| drop(local.spawn_local(client(share(index)))));
    runtime.block_on(local);
}

async fn by_hyper(address: SocketAddr, requests: u64) {
    let stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a connection");
    tokio::task::spawn_local(connection);
    for _ in 0..requests {
        let request = http::Request::get("/").header("host", "127.0.0.1").body(Empty::<Bytes>::new());
        let reply = sender.send_request(request.expect("a request")).await.expect("a reply");
        assert_eq!(reply.into_body().collect().await.expect("a body").to_bytes().len(), 44);
    }
}

async fn by_tokio(address: SocketAddr, requests: u64) {
    let stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let mut decoder = Decoder::new(Limits::default());
    let mut bytes = vec![0; 64 << 10];
    for _ in 0..requests {
        stream.writable().await.expect("a socket");
        let request = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: bench\r\naccept: */*\r\n\r\n";
        assert_eq!(stream.try_write(request).expect("room"), request.len());
        decoder.begin(false);
        loop {
            stream.readable().await.expect("a socket");
            let Ok(count) = stream.try_read(&mut bytes) else { continue };
            if let Progress::Done { .. } = decoder.feed(&bytes[..count], |_| 0).expect("a reply") {
                break;
            }
        }
    }
}

pub(crate) fn bench(criterion: &mut Criterion) {
    let address = serve();
    let url: Url = format!("http://{address}/").parse().expect("an address");
    let (plan, clock) = (planned(&url), MonotonicClock::start());
    let mut group = criterion.benchmark_group("wire");
    group.throughput(Throughput::Elements(1));
    let mut compare = |name: &str, run: &mut dyn FnMut(u64)| {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|requests| {
                let before = spent();
                run(requests);
                spent().saturating_sub(before)
            });
        });
    };
    let mut own = Http1::new(Arc::clone(&plan), &url, None, clock).expect("it can be set up");
    compare("own, on mio", &mut |requests| over(&mut own, requests));
    compare("httparse on tokio", &mut |requests| on_a_runtime(requests, |share| by_tokio(address, share)));
    compare("hyper's connections", &mut |requests| on_a_runtime(requests, |share| by_hyper(address, share)));
    let mut reqwest = Wire::new(plan, &url, None, clock).expect("it can be set up");
    compare("reqwest", &mut |requests| over(&mut reqwest, requests));
    group.finish();
}
