//! Discoveries for real: limiters that nobody here wrote (nginx and HAProxy), and every kind of our own service once.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{loadline, output, package};

/// A port that is free now. Neither of both can be told to take any and say which.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port()
}

/// A server of others, until it is dropped.
struct Server {
    process: Child,
    /// Where its files are, as long as it runs.
    _folder: TempDir,
}

impl Server {
    fn start(command: &mut Command, install: &str, folder: TempDir, listens: u16) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}; install {install}"));
        let mut server = Self { process, _folder: folder };
        while TcpStream::connect(("127.0.0.1", listens)).is_err() {
            let ended = server.process.try_wait().expect("a child of ours");
            assert!(ended.is_none(), "{command:?} ended with {ended:?}");
            std::thread::yield_now();
        }
        server
    }

    /// nginx with a limiter for each path, and the port that it listens on.
    fn nginx() -> (Self, u16) {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), port());
        let files = folder.path().join("html");
        fs::create_dir(&files).expect("made");
        for (name, size) in [("rate", 2), ("shape", 2), ("conn", 2_000), ("slow", 2_000)] {
            fs::write(files.join(name), "x".repeat(size)).expect("written");
        }
        write(folder.path(), "limiters.conf", &[("PORT", port)]);
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).args(["-e", "error.log", "-c", "limiters.conf"]);
        (Self::start(&mut command, "Debian's package `nginx-light`", folder, port), port)
    }

    /// HAProxy before a server that takes its time, and the ports of its two limits: requests in ten seconds, requests at a time.
    fn haproxy(slow: u16) -> (Self, u16, u16) {
        let (folder, requests, concurrent) = (tempfile::tempdir().expect("a folder"), port(), port());
        write(folder.path(), "haproxy.cfg", &[(":REQ", requests), (":CON", concurrent), (":SLOW", slow)]);
        let mut command = Command::new("haproxy");
        command.arg("-f").arg(folder.path().join("haproxy.cfg"));
        (Self::start(&mut command, "Debian's package `haproxy`", folder, concurrent), requests, concurrent)
    }
}

fn write(folder: &Path, name: &str, ports: &[(&str, u16)]) {
    let template = fs::read_to_string(package("tests/external").join(name)).expect("a readable file");
    let filled = ports.iter().fold(template, |text, (word, port)| {
        let colon = if word.starts_with(':') { ":" } else { "" };
        text.replace(word, &format!("{colon}{port}"))
    });
    fs::write(folder.join(name), filled).expect("written");
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What was found. One at a time: a discovery beside others measures their processors, too.
fn discovered(arguments: &[&str]) -> Value {
    static ONE: OnceLock<Mutex<()>> = OnceLock::new();
    let _alone = ONE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let out = tempfile::tempdir().expect("a folder");
    let mut command = loadline();
    command.arg("discover").args(arguments).arg("--out").arg(out.path()).args(["--no-progress", "--json"]);
    let ended = output(&mut command, "cargo build");
    serde_json::from_slice(&ended.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&ended.stderr)))
}

/// The class that was found, or that explains best where two cannot be told apart, with a parameter.
fn check(report: &Value, class: &str, parameters: &[(&str, f64, f64)]) {
    let found = &report["discover"];
    let limiter = &found["limiters"][0];
    assert_eq!(limiter["class"], class, "{found}");
    for (name, truth, tolerance) in parameters {
        let all = limiter["parameters"].as_array().expect("parameters");
        let parameter = all.iter().find(|parameter| parameter["name"] == *name);
        let value = parameter.and_then(|parameter| parameter["value"].as_f64());
        let value = value.unwrap_or_else(|| panic!("no {name} in {limiter}"));
        assert!((value - truth).abs() <= *tolerance, "{name} is {value} and should be {truth}: {limiter}");
    }
    assert!(found["requests"].as_u64().is_some_and(|requests| requests <= 2_000), "{found}");
}

#[test]
fn nginx_limits_the_rate() {
    let (_nginx, port) = Server::nginx();
    // nginx counts the excess over the request that is always let in: its burst of 10 is a capacity of 11.
    check(&discovered(&[&format!("127.0.0.1:{port}/rate")]), "token_bucket", &[("rate", 20.0, 0.4), ("burst", 11.0, 1.0)]);
}

#[test]
fn nginx_holds_requests_back() {
    let (_nginx, port) = Server::nginx();
    check(&discovered(&[&format!("127.0.0.1:{port}/shape")]), "shaper", &[("rate", 20.0, 0.4), ("queue", 10.0, 1.0)]);
}

#[test]
fn nginx_limits_connections() {
    let (_nginx, port) = Server::nginx();
    check(&discovered(&[&format!("127.0.0.1:{port}/conn")]), "concurrency", &[("limit", 4.0, 0.0)]);
}

#[test]
fn haproxy_limits_requests_at_a_time() {
    let (_nginx, slow) = Server::nginx();
    let (_haproxy, _, concurrent) = Server::haproxy(slow);
    check(&discovered(&[&format!("127.0.0.1:{concurrent}/slow")]), "concurrency", &[("limit", 4.0, 0.0)]);
}

/// A kind of our own service, its class, and its parameters with their tolerances.
fn ours(limiter: &str, class: &str, parameters: &[(&str, f64, f64)]) {
    let limiter = format!("limiters.secret={limiter}");
    check(&discovered(&["scenarios/discover-mock.yaml", "--set", &limiter]), class, parameters);
}

#[test]
fn token_bucket() {
    let limiter = "{type: token_bucket, rate: 20/s, burst: 10, scope: [global]}";
    ours(limiter, "token_bucket", &[("rate", 20.0, 0.4), ("burst", 10.0, 1.0)]);
}

#[test]
fn gcra() {
    let limiter = "{type: gcra, rate: 30/s, burst: 12, scope: [global]}";
    ours(limiter, "token_bucket", &[("rate", 30.0, 0.6), ("burst", 12.0, 1.0)]);
}

#[test]
fn shaper() {
    let limiter = "{type: leaky_bucket, rate: 20/s, queue: 10, scope: [global]}";
    ours(limiter, "shaper", &[("rate", 20.0, 0.4), ("queue", 10.0, 1.0)]);
}

#[test]
fn fixed_window() {
    let limiter = "{type: fixed_window, limit: 40, window: 2s, scope: [global]}";
    ours(limiter, "fixed_window", &[("limit", 40.0, 0.0), ("window", 2.0, 0.02)]);
}

#[test]
fn sliding_window_log() {
    let limiter = "{type: sliding_window_log, limit: 30, window: 2s, scope: [global]}";
    ours(limiter, "sliding_window_log", &[("limit", 30.0, 0.0), ("window", 2.0, 0.02)]);
}

#[test]
fn sliding_window_counter() {
    let limiter = "{type: sliding_window_counter, limit: 40, window: 2s, scope: [global]}";
    ours(limiter, "sliding_window_counter", &[("limit", 40.0, 0.0), ("window", 2.0, 0.02)]);
}
