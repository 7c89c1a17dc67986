//! Signed requests: what goes over the wire, where keys come from, and that nobody sees them afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::{Duration, SystemTime};

use loadline::time::WallClock;

use crate::program::{FILES, Place, Said};
use crate::server::{Act, Server, answer, ok};

const ACCESS_KEY: &str = "AKIDLOADLINETEST";
const SECRET_KEY: &str = "a-secret-key-that-nobody-may-see";
const TOKEN: &str = "a-session-token-that-nobody-may-see";

/// `auth` with keys of the scenario's own.
const GIVEN: &str = "auth: {type: sigv4, service: chime, region: eu-west-1, access_key: '${env:KEY}', \
                     secret_key: '${env:SECRET}', session_token: '${env:TOKEN}'}";

/// `auth` that looks for keys.
const CHAIN: &str = "auth: {type: sigv4, service: chime, region: eu-west-1}";

fn scenario(server: &Server, auth: &str, load: &str) -> Place {
    Place::with(&format!(
        "name: signed
target: {{url: '{}', {auth}}}
retry: patient
policies: {{patient: {{max_attempts: 3, backoff: {{type: constant, base: 1ms}}}}}}
workloads: [{{name: w, {load}, flow: [{{call: CreateAttendee, with: {{MeetingId: m, ExternalUserId: 'user {{{{ seq }}}}'}}}}]}}]
",
        server.url()
    ))
}

/// A command that sees no keys but those given here, and asks no metadata service.
fn sealed(mut command: Command, place: &Place, variables: &[(&str, &str)]) -> Said {
    for variable in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION"] {
        command.env_remove(variable);
    }
    for variable in ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
        command.env_remove(variable);
    }
    command.env_remove("AWS_WEB_IDENTITY_TOKEN_FILE").env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_CONFIG_FILE", place.path().join("config"));
    command.env("AWS_SHARED_CREDENTIALS_FILE", place.path().join("credentials"));
    command.envs(variables.iter().copied()).output().expect("it starts").into()
}

fn now() -> SystemTime {
    WallClock::now().system_time()
}

fn given() -> [(&'static str, &'static str); 3] {
    [("KEY", ACCESS_KEY), ("SECRET", SECRET_KEY), ("TOKEN", TOKEN)]
}

/// A header of a request's head.
fn header(head: &str, name: &str) -> String {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).unwrap_or_default()
}

#[test]
fn every_attempt_is_signed_and_numbered() {
    let server = Server::start(|number, _| if number % 3 == 2 { ok("{}") } else { answer("500 Oops", "", "{}") });
    let place = scenario(&server, GIVEN, "iterations: {count: 2}");
    sealed(place.command("run", &[]), &place, &given()).check_code(0);
    let heads: Vec<String> = server.requests.try_iter().collect();
    assert_eq!(heads.len(), 6, "two calls of three attempts");
    let scope = format!("AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/");
    let signed = "/eu-west-1/chime/aws4_request, SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-type;host;\
                  x-amz-date;x-amz-security-token, Signature=";
    for (index, head) in heads.iter().enumerate() {
        let authorization = header(head, "authorization");
        assert!(authorization.starts_with(&scope) && authorization.contains(signed), "{authorization}");
        assert_eq!(header(head, "x-amz-security-token"), TOKEN);
        assert_eq!(header(head, "x-amz-date").len(), "20150830T123600Z".len());
        assert_eq!(header(head, "amz-sdk-request"), format!("attempt={}; max=3", index % 3 + 1));
    }
    let calls: Vec<String> = heads.iter().map(|head| header(head, "amz-sdk-invocation-id")).collect();
    assert!(calls[0] == calls[1] && calls[1] == calls[2] && calls[3] == calls[5], "one id for a call: {calls:?}");
    assert_ne!(calls[0], calls[3], "and one for each");
    let signatures: BTreeSet<String> = heads.iter().map(|head| header(head, "authorization")).collect();
    assert_eq!(signatures.len(), 6, "no signature is used twice");
}

#[test]
fn no_output_holds_a_key_not_even_when_the_service_repeats_it() {
    let echo = |head: &str| {
        let told = format!("{} {} {SECRET_KEY}", header(head, "authorization"), header(head, "x-amz-security-token"));
        answer("403 Forbidden", &format!("x-amzn-errortype: {TOKEN}\r\n"), &format!("{{\"message\": \"{told}\"}}"))
    };
    let server = Server::start(move |_, head| echo(head));
    let sources = [(GIVEN, given()), (CHAIN, CHAIN_VARIABLES)];
    for (auth, variables) in sources {
        check_silence(&server, auth, &variables);
    }
}

const CHAIN_VARIABLES: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY), ("AWS_SESSION_TOKEN", TOKEN)];

/// Whether a run and a check say nothing that is secret, with and without a setup, which fails.
fn check_silence(server: &Server, auth: &str, variables: &[(&str, &str)]) {
    for steps in ["", "setup: [{call: GetMeeting, with: {MeetingId: m}}]\n"] {
        let place = scenario(server, auth, "iterations: {count: 3}");
        let text = fs::read_to_string(place.path().join("scenario.yaml")).expect("written");
        fs::write(place.path().join("scenario.yaml"), format!("{steps}{text}")).expect("written");
        let said = sealed(place.command("run", &["--json"]), &place, variables);
        let checked = sealed(place.command("check", &[]), &place, variables);
        assert_eq!((said.code, checked.code), (Some(i32::from(!steps.is_empty())), Some(0)), "{said:?} {checked:?}");
        let files = FILES.iter().filter_map(|name| fs::read_to_string(place.run_folder()?.join(name)).ok());
        for text in files.chain([said.out, said.err, checked.out, checked.err]) {
            for secret in [SECRET_KEY, TOKEN] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
    }
}

#[test]
fn a_check_needs_no_keys_and_a_run_says_where_it_looked_for_them() {
    let server = Server::start(|_, _| ok("{}"));
    let place = scenario(&server, CHAIN, "iterations: {count: 1}");
    let checked = sealed(place.command("check", &[]), &place, &[]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.out.contains("signed       for chime in eu-west-1, with keys that are looked for"), "{checked:?}");
    let said = sealed(place.command("run", &[]), &place, &[]);
    said.check_code(1);
    for word in ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "metadata"] {
        assert!(said.err.contains(word), "no {word} in {}", said.err);
    }
    assert_eq!(server.connections(), 0, "nothing was sent");
}

#[test]
fn keys_come_from_the_environment_or_from_a_profile() {
    let server = Server::start(|_, _| ok("{}"));
    let place = scenario(&server, CHAIN, "iterations: {count: 1}");
    let variables = [("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET_KEY)];
    sealed(place.command("run", &[]), &place, &variables).check_code(0);
    assert!(header(&server.requests.recv().expect("a request"), "authorization").contains(ACCESS_KEY));

    let profile = CHAIN.replace("region", "profile: team, region");
    let place = scenario(&server, &profile, "iterations: {count: 1}");
    let file = format!("[team]\naws_access_key_id = AKIDOFTHETEAM\naws_secret_access_key = {SECRET_KEY}\n");
    fs::write(place.path().join("credentials"), file).expect("written");
    // Who names a profile means it, whatever the environment holds.
    sealed(place.command("run", &[]), &place, &variables).check_code(0);
    assert!(header(&server.requests.recv().expect("a request"), "authorization").contains("AKIDOFTHETEAM"));
}

#[test]
fn keys_that_end_are_renewed_while_the_load_goes_on() {
    // What a container's metadata service says: each pair lives for a moment only.
    let metadata = Server::start(|number, _| {
        let end = now() + Duration::from_secs(if number == 0 { 2 } else { 3_600 });
        let end = jiff::Timestamp::try_from(end).expect("a time");
        ok(&format!(
            "{{\"AccessKeyId\": \"AKIDNUMBER{number}\", \"SecretAccessKey\": \"{SECRET_KEY}\", \"Token\": \"{TOKEN}\", \
             \"Expiration\": \"{end:.0}\"}}"
        ))
    });
    let server = Server::start(|_, _| ok("{}"));
    let place = scenario(&server, CHAIN, "arrivals: {rate: 50/s, duration: 3s}");
    let uri = format!("{}/keys", metadata.url());
    let said = sealed(place.command("run", &[]), &place, &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &uri)]);
    said.check_code(0);
    let keys: BTreeSet<String> = server
        .requests
        .try_iter()
        .filter_map(|head| {
            Some(header(&head, "authorization").split_once("Credential=")?.1.split_once('/')?.0.to_owned())
        })
        .collect();
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["AKIDNUMBER0", "AKIDNUMBER1"]);
}

#[test]
fn a_wrong_clock_is_corrected_once_and_the_attempt_repeated() {
    // A service that lives an hour ahead and refuses what is older than five minutes.
    let ahead = Duration::from_secs(3_600);
    let server = Server::start(move |_, head| {
        let theirs = now() + ahead;
        let signed = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", header(head, "x-amz-date")).expect("a time");
        let signed = SystemTime::from(signed.to_zoned(jiff::tz::TimeZone::UTC).expect("a time").timestamp());
        let close = theirs.duration_since(signed).is_ok_and(|age| age < Duration::from_secs(300));
        let date = format!("Date: {}\r\n", httpdate::fmt_http_date(theirs));
        if close {
            answer("200 OK", &date, "{}")
        } else {
            answer("403 Forbidden", &format!("{date}x-amzn-errortype: RequestTimeTooSkewed\r\n"), "{}")
        }
    });
    let place = scenario(&server, GIVEN, "iterations: {count: 5, users: 1}");
    sealed(place.command("run", &[]), &place, &given()).check_code(0);
    let report = place.read_report();
    assert_eq!(report["totals"]["calls"]["ok"], 5, "{}", report["totals"]["attempts"]);
    assert_eq!(report["totals"]["attempts"]["by_status"], serde_json::json!({"200": 5, "403": 1}));
}

#[test]
fn a_wrong_key_is_no_matter_of_the_clock() {
    let server = Server::start(|_, _| {
        let date = httpdate::fmt_http_date(now());
        answer("403 Forbidden", &format!("Date: {date}\r\nx-amzn-errortype: SignatureDoesNotMatch\r\n"), "{}")
    });
    let place = scenario(&server, GIVEN, "iterations: {count: 2}");
    sealed(place.command("run", &[]), &place, &given()).check_code(0);
    let report = place.read_report();
    assert_eq!(report["totals"]["attempts"]["by_status"], serde_json::json!({"403": 2}), "nothing is tried again");
    assert_eq!(report["totals"]["calls"]["by_failure"], serde_json::json!({"permanent": 2}));
}

#[test]
fn a_service_of_aws_has_to_be_allowed_like_any_other() {
    let place = Place::with(
        "name: real
target: {auth: {type: sigv4, service: chime, region: eu-central-1}}
workloads: [{name: w, iterations: {count: 1}, flow: [{call: GetMeeting, with: {MeetingId: m}}]}]
",
    );
    for verb in ["run", "check"] {
        let said = sealed(place.command(verb, &[]), &place, &[]);
        said.check_code(113);
        assert!(said.err.contains("meetings-chime.eu-central-1.amazonaws.com"), "{}", said.err);
    }
}

#[test]
fn secrets_in_the_file_are_refused() {
    let server = Server::start(|_, _| Act::Silence);
    for auth in [
        "auth: {type: bearer, token: hunter2}",
        "auth: {type: basic, user: me, password: hunter2}",
        "auth: {type: sigv4, service: chime, region: us-east-1, access_key: AKID, secret_key: hunter2}",
        "headers: {Authorization: 'Bearer hunter2'}",
    ] {
        let place = scenario(&server, auth, "iterations: {count: 1}");
        let said = place.run(&[]);
        said.check_code(2);
        assert!(said.err.contains("is a secret") && said.err.contains("${env:NAME}"), "{}", said.err);
    }
    assert_eq!(server.connections(), 0, "nothing was sent");
}
