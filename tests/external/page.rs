//! The page, in a real browser.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::program::output;
use crate::run;

const INSTALL: &str = "Debian's package `chromium`";

/// What Chromium asks for by itself, whatever page it shows and in spite of every flag against it.
const ITS_OWN: &[&str] = &[
    "accounts.google.com",
    "android.clients.google.com",
    "clients2.google.com",
    "clientservices.googleapis.com",
    "content-autofill.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "safebrowsing.googleapis.com",
    "update.googleapis.com",
    "www.google.com",
];

/// What a browser made of a page.
struct Seen {
    /// The document after its scripts ran.
    dom: String,
    /// What the console showed, a line each.
    console: Vec<String>,
    /// What it wanted from elsewhere.
    loads: Vec<String>,
}

/// Opens a page. Everything that it asks of the network goes to a proxy of ours, which notes it and hangs up.
fn open(page: &Path, name: &str, width: u32) -> Seen {
    let profile = tempfile::tempdir().expect("a folder");
    let (proxy, loads) = proxy();
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    let mut browser = Command::new("chromium");
    browser
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--proxy-server=http://127.0.0.1:{proxy}"))
        .arg("--proxy-bypass-list=<-loopback>")
        .arg(format!("--window-size={width},1200"))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", page.display()));
    let ended = output(&mut browser, INSTALL);
    let log = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "the browser ended with {}:\n{log}", ended.status);
    let console = log.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect();
    let mut loads = loads.lock().expect("no panic").clone();
    loads.retain(|line| !ITS_OWN.contains(&host(line)));
    Seen { dom: String::from_utf8_lossy(&ended.stdout).into_owned(), console, loads }
}

/// A proxy that refuses everything: its port, and the first line of each request.
fn proxy() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let loads = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&loads);
    // It ends with the process; a browser that lingers finds it still there.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut line = String::new();
            if BufReader::new(stream).read_line(&mut line).is_ok() {
                notes.lock().expect("no panic").push(line.trim().to_owned());
            }
        }
    });
    (port, loads)
}

/// The host in the first line of a request to a proxy.
fn host(line: &str) -> &str {
    let target = line.split(' ').nth(1).unwrap_or(line);
    let target = target.split_once("://").map_or(target, |(_, rest)| rest);
    target.split(['/', ':']).next().unwrap_or(target)
}

/// What a document refers to outside itself.
fn outside(dom: &str) -> Vec<&str> {
    let attributes = [" src=\"", " href=\"", " srcset=\"", " action=\"", "url(", "@import"];
    let found = attributes.iter().flat_map(|attribute| dom.match_indices(attribute));
    let after = found.map(|(at, attribute)| &dom[at + attribute.len()..]);
    let elsewhere =
        after.filter(|value| !value.starts_with(['#', '"']) && !value.trim_matches(['\'', '"']).starts_with("data:"));
    elsewhere.map(|value| value.split(['"', ')', ';', '>']).next().unwrap_or(value)).collect()
}

#[test]
fn the_page_opens_without_a_word_on_the_console_and_loads_nothing() {
    for (name, width) in [("report-wide", 1280), ("report-narrow", 390)] {
        let seen = open(&run::smoke().join("report.html"), name, width);
        assert!(seen.console.is_empty(), "{:?}", seen.console);
        assert!(seen.loads.is_empty(), "{:?}", seen.loads);
        assert_eq!(outside(&seen.dom), [""; 0]);
    }
}

#[test]
fn the_page_shows_what_the_report_holds() {
    let report = run::report();
    let dom = open(&run::smoke().join("report.html"), "report", 1280).dom;
    assert!(dom.contains("<h1") && dom.contains("smoke"), "the scenario's name");
    assert!(dom.matches("<svg").count() >= 6, "only {} pictures", dom.matches("<svg").count());
    for operation in report["operations"].as_array().expect("a list") {
        let name = operation["name"].as_str().expect("a name");
        assert!(dom.contains(name), "{name} is missing");
    }
    for section in
        ["Thresholds", "Audit", "Operations", "Workloads", "Can these numbers be believed?", "How it was run"]
    {
        assert!(dom.contains(section), "`{section}` is missing");
    }
    for broken in ["NaN", "undefined", "Infinity", "{{", "{%"] {
        let text = dom.split("<pre").next().unwrap_or(&dom);
        assert!(!text.contains(broken), "`{broken}` is on the page");
    }
}

#[test]
fn a_bad_page_is_found_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("bad.html");
    let text = "<!doctype html><h1>x</h1><img src=\"http://elsewhere.invalid/x.png\"><script>console.error('a word');</script>";
    fs::write(&page, text).expect("a writable folder");
    let seen = open(&page, "bad", 800);
    assert!(seen.console.iter().any(|line| line.contains("a word")), "{:?}", seen.console);
    assert!(seen.loads.iter().any(|line| line.contains("elsewhere.invalid")), "{:?}", seen.loads);
    assert_eq!(outside(&seen.dom), ["http://elsewhere.invalid/x.png"]);
}
