//! Our limiters beside nginx's, which was written by others: the same arrivals, the same parameters, the same counts.

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{loadline, output, package};

const INSTALL: &str = "Debian's package `nginx-light`";

/// nginx with `limit_req`, until it is dropped.
struct Nginx {
    process: Child,
    folder: TempDir,
    port: u16,
}

impl Nginx {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // nginx cannot be told to take any free port and say which: the port is found first and given back.
        let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
        let template = fs::read_to_string(package("tests/external/nginx.conf")).expect("a readable file");
        fs::write(folder.path().join("nginx.conf"), template.replace("PORT", &port.to_string())).expect("written");
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).args(["-e", "error.log", "-c", "nginx.conf"]).stdin(Stdio::null());
        let process = command.spawn().unwrap_or_else(|error| panic!("nginx: {error}; install {INSTALL}"));
        let mut nginx = Self { process, folder, port };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = nginx.process.try_wait().expect("a child of ours");
            assert!(ended.is_none(), "nginx ended with {ended:?}: {}", nginx.log());
            std::thread::yield_now();
        }
        nginx
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Without a master there is one process, and no state worth a farewell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Admissions a second, in both configurations.
const RATE: f64 = 50.0;

/// What a limiter did with the arrivals of `limiters.yaml`.
#[derive(Debug)]
struct Counts {
    admitted: u64,
    throttled: u64,
    /// How late the latest request left, in seconds.
    late: f64,
}

fn run(name: &str, arguments: &[&str]) -> Counts {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("limiters-{name}-{}", std::process::id()));
    let mut command = loadline();
    command.arg("run").arg(package("tests/external/limiters.yaml")).args(arguments);
    let ended = output(command.arg("--out").arg(&out).args(["--no-progress", "--json"]), "cargo build");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let report: Value = serde_json::from_slice(&ended.stdout).expect("report.json");
    let (attempts, lag) = (&report["totals"]["attempts"], &report["totals"]["lag_ms"]["max"]);
    let of = |status: &str| attempts["by_status"][status].as_u64().unwrap_or(0);
    let late = lag.as_f64().expect("every request has a lag") / 1e3;
    let counts = Counts { admitted: of("404"), throttled: of("429"), late };
    assert_eq!(Some(counts.admitted + counts.throttled), attempts["count"].as_u64(), "{attempts}");
    counts
}

/// What nginx makes of them, once for all tests.
fn nginx() -> &'static Counts {
    static COUNTS: OnceLock<Counts> = OnceLock::new();
    COUNTS.get_or_init(|| {
        let nginx = Nginx::start();
        run("nginx", &["--target", &format!("http://127.0.0.1:{}", nginx.port)])
    })
}

/// Runs the mock with one of the file's limiters, and compares.
///
/// On a busy machine requests leave late, and are not quite the same arrivals any more: where one run's first request or the other's
/// last is late, the limiter has that much less time to admit in. So much is allowed besides one per cent; when nothing
/// else runs, it is less than one request.
#[track_caller]
fn check(limiter: &str) {
    let theirs = nginx();
    let ours = run(limiter, &["--set", &format!("mock.limits.0.all_of=[{limiter}]")]);
    assert_eq!(ours.admitted + ours.throttled, theirs.admitted + theirs.throttled, "a seed fixes the arrivals");
    assert!(theirs.throttled > theirs.admitted, "they are to be overloaded: {theirs:?}");
    let apart = ours.admitted.abs_diff(theirs.admitted) as f64;
    // Past the output that the test harness keeps for itself: the numbers are worth seeing when all is well, too.
    let share = apart / theirs.admitted as f64 * 100.0;
    let _ = writeln!(std::io::stderr(), "{limiter}: {ours:?}, nginx: {theirs:?}, {share:.2} % apart");
    let allowed = theirs.admitted as f64 * 0.01 + RATE * (ours.late + theirs.late);
    assert!(apart <= allowed, "{limiter}: {ours:?}, nginx: {theirs:?}");
}

#[test]
fn a_token_bucket_admits_what_nginx_admits() {
    check("tokens");
}

#[test]
fn a_leaky_bucket_of_the_same_words_does_too() {
    check("leaky");
}
