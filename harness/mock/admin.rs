//! The administrative port: whether the service is there, and what it has done, for people and for Prometheus.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::rc::Rc;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::front::Front;
use super::gauges::BUCKETS;
use super::server::ACCEPT_PAUSE;
use crate::units::Nanos;

/// Connections at a time; this port is for a handful of readers.
const MOST: usize = 64;
/// How long a request's head may take.
const HEAD_TIMEOUT: Nanos = Nanos::from_secs(10);

/// Serves the administrative port for ever, on the front's own thread.
pub(super) async fn serve(listener: TcpListener, front: Rc<Front>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MOST => {
                let Ok((stream, _)) = accepted else {
                    front.wait(ACCEPT_PAUSE).await;
                    continue;
                };
                let front = Rc::clone(&front);
                let service = service_fn(move |request| {
                    let reply = answer(&front, &request);
                    async move { Ok::<_, Infallible>(reply) }
                });
                let mut builder = http1::Builder::new();
                builder.timer(TokioTimer::new()).header_read_timeout(std::time::Duration::from(HEAD_TIMEOUT));
                let connection = builder.serve_connection(TokioIo::new(stream), service);
                connections.spawn_local(async move {
                    // An error is a reader that went away.
                    let _ = connection.await;
                });
            }
        }
    }
}

fn answer(front: &Front, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let text = |status, kind: &'static str, body: String| {
        let mut reply = Response::new(Full::from(body));
        *reply.status_mut() = status;
        reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        reply
    };
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut reply = text(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "GET or HEAD\n".to_owned());
        reply.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return reply;
    }
    match request.uri().path() {
        "/health" => text(StatusCode::OK, "application/json", "{\"status\":\"ok\"}\n".to_owned()),
        "/metrics" => text(StatusCode::OK, "text/plain; version=0.0.4", metrics(front)),
        _ => text(StatusCode::NOT_FOUND, "text/plain", "there is /metrics and /health\n".to_owned()),
    }
}

/// Everything in the text format of Prometheus, version 0.0.4.
fn metrics(front: &Front) -> String {
    let mut out = String::new();
    let gauges = front.gauges();
    family(&mut out, "requests_total", "counter", "Requests answered, by operation and status.");
    for (operation, status, count) in front.stats().iter() {
        let operation = operation.map_or("unknown", |operation| operation.name());
        line(&mut out, "requests_total", &format!("{{operation=\"{operation}\",status=\"{status}\"}}"), count);
    }
    let simple = [
        ("throttled_total", "counter", "Requests that a limiter turned away.", gauges.throttled.get()),
        ("in_flight", "gauge", "Requests that are not answered yet.", gauges.in_flight.get()),
        ("connections", "gauge", "Open connections.", gauges.connections.get()),
        ("connections_total", "counter", "Connections accepted.", gauges.accepted.get()),
        ("connections_refused_total", "counter", "Connections closed at once: too many.", gauges.turned_away.get()),
        ("connections_late_total", "counter", "Connections closed because the client was too slow.", gauges.late.get()),
        ("received_bytes_total", "counter", "Bytes from clients.", gauges.received.get()),
        ("sent_bytes_total", "counter", "Bytes to clients.", gauges.sent.get()),
        ("request_log_lost_total", "counter", "Lines that the request log could not take.", front.lost_lines()),
    ];
    for (name, kind, help, value) in simple {
        family(&mut out, name, kind, help);
        line(&mut out, name, "", value);
    }
    family(&mut out, "duration_seconds", "histogram", "From the head of a request to its reply.");
    let durations = gauges.durations.borrow();
    let mut below = 0;
    for (bucket, count) in durations.counts.iter().enumerate() {
        below += count;
        let end = BUCKETS.get(bucket).map_or("+Inf".to_owned(), |&micros| (micros as f64 / 1e6).to_string());
        line(&mut out, "duration_seconds_bucket", &format!("{{le=\"{end}\"}}"), below);
    }
    line(&mut out, "duration_seconds_sum", "", durations.sum.as_secs_f64());
    line(&mut out, "duration_seconds_count", "", below);
    family(&mut out, "uptime_seconds", "gauge", "How long the service has been there.");
    line(&mut out, "uptime_seconds", "", front.uptime().as_secs_f64());
    out
}

fn family(out: &mut String, name: &str, kind: &str, help: &str) {
    // Writing into a string does not fail.
    let _ = writeln!(out, "# HELP loadline_mock_{name} {help}\n# TYPE loadline_mock_{name} {kind}");
}

fn line(out: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "loadline_mock_{name}{labels} {value}");
}
