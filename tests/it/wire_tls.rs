//! Certificates, right and wrong, and what else can happen under TLS.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::Command;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use serde_json::{Value, json};

use crate::program::{Place, Said};
use crate::raw_server::{RawServer, Visit};

/// An authority that only a test trusts.
struct Authority {
    certificate: CertificateDer<'static>,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { pem: certificate.pem(), certificate: certificate.into(), issuer: Issuer::new(params, key) }
    }

    /// A server whose certificate names `host` and was good until the end of that year.
    fn certify(&self, host: &str, last_year: i32) -> Identity {
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
        (params.not_before, params.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(last_year, 12, 31));
        let key = KeyPair::generate().expect("a key");
        let own = params.signed_by(&key, &self.issuer).expect("a certificate");
        Identity { chain: vec![own.into(), self.certificate.clone()], key }
    }
}

/// What a server shows of itself.
struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

impl Identity {
    fn self_signed(host: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
        Self { chain: vec![params.self_signed(&key).expect("a certificate").into()], key }
    }

    fn config(self, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_protocol_versions(versions).expect("versions").with_no_client_auth();
        Arc::new(builder.with_single_cert(self.chain, key).expect("key and certificate fit"))
    }

    /// A server that shows it, and does this with each request.
    fn serve(self, answer: impl Fn(&mut Session) -> bool + Send + Sync + 'static) -> RawServer {
        self.serve_versions(rustls::ALL_VERSIONS, answer)
    }

    fn serve_versions(
        self,
        versions: &[&'static SupportedProtocolVersion],
        answer: impl Fn(&mut Session) -> bool + Send + Sync + 'static,
    ) -> RawServer {
        let config = self.config(versions);
        RawServer::start(move |visit: &mut Visit| {
            let session = ServerConnection::new(Arc::clone(&config)).expect("a session");
            let stream = visit.stream.try_clone().expect("a handle");
            let mut stream = StreamOwned::new(session, stream);
            while read_request(&mut stream).is_some() && answer(&mut stream) {}
        })
    }
}

type Session = StreamOwned<ServerConnection, std::net::TcpStream>;

/// Head and body of a request; `None` where the client is gone or speaks no TLS.
fn read_request(stream: &mut Session) -> Option<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    stream.read_exact(&mut vec![0; length.unwrap_or(0)]).ok()
}

fn well(stream: &mut Session) -> bool {
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").is_ok() && stream.flush().is_ok()
}

/// Ten calls to a server, by someone who trusts the authority.
fn ask(server: &RawServer, scheme: &str, authority: &Authority) -> Value {
    let place = Place::with(&format!(
        "name: tls
target: {{url: '{scheme}://{}'}}
api: {{operations: {{Post: {{method: POST, path: /}}}}}}
policies: {{once: {{max_attempts: 1, attempt_timeout: 10s}}}}
retry: once
workloads: [{{name: w, iterations: {{count: 10}}, flow: [{{call: Post, with: {{a: {}}}}}]}}]
",
        server.address(),
        // Many records of TLS.
        "x".repeat(100_000),
    ));
    let bundle = place.path().join("authority.pem");
    fs::write(&bundle, &authority.pem).expect("written");
    let mut command: Command = place.command("run", &[]);
    command.env("SSL_CERT_FILE", &bundle).env_remove("SSL_CERT_DIR");
    Said::from(command.output().expect("it starts")).check_code(0);
    place.read_report()
}

#[track_caller]
fn check(report: &Value, errors: &Value, statuses: &Value) {
    let attempts = &report["totals"]["attempts"];
    assert_eq!((&attempts["by_error"], &attempts["by_status"]), (errors, statuses));
    assert_eq!(report["totals"]["calls"]["count"], 10, "the run goes on");
}

#[test]
fn a_certificate_of_a_trusted_authority_is_taken_in_both_versions_of_tls() {
    let authority = Authority::new();
    for version in rustls::ALL_VERSIONS {
        let server = authority.certify("127.0.0.1", 2099).serve_versions(&[version], well);
        check(&ask(&server, "https", &authority), &json!({}), &json!({"200": 10}));
        assert_eq!(server.connections(), 1, "one handshake does for all: {version:?}");
    }
}

#[test]
fn a_certificate_that_is_wrong_fails_each_call_by_name() {
    let authority = Authority::new();
    let wrong = [
        ("of nobody", Identity::self_signed("127.0.0.1")),
        ("of another authority", Authority::new().certify("127.0.0.1", 2099)),
        ("of another host", authority.certify("example.com", 2099)),
        ("of another address", authority.certify("127.0.0.2", 2099)),
        ("of the past", authority.certify("127.0.0.1", 2001)),
    ];
    for (name, identity) in wrong {
        let server = identity.serve(well);
        let report = ask(&server, "https", &authority);
        assert_eq!(report["totals"]["attempts"]["by_error"], json!({"tls": 10}), "{name}");
        check(&report, &json!({"tls": 10}), &json!({}));
    }
}

#[test]
fn tls_and_clear_text_do_not_understand_each_other() {
    let authority = Authority::new();
    let clear = RawServer::start(|visit| {
        visit.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        visit.is_closed();
    });
    check(&ask(&clear, "https", &authority), &json!({"tls": 10}), &json!({}));
    // A server of TLS that is spoken to in clear text answers with an alert, which is no HTTP.
    let server = authority.certify("127.0.0.1", 2099).serve(well);
    let report = ask(&server, "http", &authority);
    let errors = report["totals"]["attempts"]["by_error"].as_object().expect("counts");
    assert!(errors.keys().all(|word| ["protocol", "closed", "reset"].contains(&word.as_str())), "{errors:?}");
    assert_eq!(report["totals"]["calls"]["ok"], 0);
}

#[test]
fn a_reply_that_ends_without_the_end_of_tls_is_whole_only_if_it_says_its_length() {
    let authority = Authority::new();
    // Section 9.8 of RFC 9112: what a length or the last chunk ends is whole, whatever becomes of TLS.
    let server = authority.certify("127.0.0.1", 2099).serve(|stream| {
        well(stream);
        false
    });
    let report = ask(&server, "https", &authority);
    assert!(report["totals"]["attempts"]["by_status"]["200"].as_u64() >= Some(5), "{}", report["totals"]["attempts"]);
    // A body that only the close ends may have been cut off by anyone on the way.
    let server = authority.certify("127.0.0.1", 2099).serve(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhalf of it").expect("the client waits");
        stream.flush().expect("the client waits");
        false
    });
    check(&ask(&server, "https", &authority), &json!({"closed": 10}), &json!({}));
    // With the end of TLS it is whole.
    let server = authority.certify("127.0.0.1", 2099).serve(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nall of it").expect("the client waits");
        stream.conn.send_close_notify();
        stream.flush().expect("the client waits");
        false
    });
    check(&ask(&server, "https", &authority), &json!({}), &json!({"200": 10}));
}

#[test]
fn malformed_replies_are_named_under_tls_too() {
    let authority = Authority::new();
    let server = authority.certify("127.0.0.1", 2099).serve(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi");
        stream.flush().is_ok()
    });
    check(&ask(&server, "https", &authority), &json!({"protocol": 10}), &json!({}));
    assert_eq!(server.connections(), 10, "none is used again");
}
