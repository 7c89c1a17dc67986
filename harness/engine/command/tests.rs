//! Servers as shell scripts: what is told of those that fail, and that nothing of any of them is left.

use super::*;
use crate::engine::Halt;

fn script(text: &str) -> ServerCommand {
    ServerCommand {
        program: "sh".to_owned(),
        arguments: vec!["-c".to_owned(), text.to_owned()],
        url: None,
        ready_within: Nanos::from_secs(20),
        allowed: Vec::new(),
        secrets: Secrets::new(vec![("hunter2".to_owned(), "${env:KEY}".to_owned())]),
    }
}

fn refused(command: &ServerCommand) -> String {
    command.start(&HaltSwitch::new()).expect_err("no server").to_string()
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let command = ServerCommand { program: "/no/such program".to_owned(), arguments: Vec::new(), ..script("") };
    assert_eq!(refused(&command), "`'/no/such program'` cannot be started");
}

#[test]
fn one_that_ends_says_how_and_what_it_wrote_without_secrets() {
    let message = refused(&script("echo config hunter2 is bad >&2; exit 3"));
    assert!(message.contains("ended before it listened (exit status: 3)"), "{message}");
    assert!(message.contains("config ${env:KEY} is bad"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn one_that_prints_no_address_is_given_up_and_gone() {
    let command = ServerCommand { ready_within: Nanos::from_millis(200), ..script("echo hello; exec sleep 600") };
    let message = refused(&command);
    assert!(message.contains("printed no address within 200ms") && message.contains("hello"), "{message}");
}

#[test]
fn one_that_does_not_listen_where_it_says_is_named() {
    // Port 1 of the loopback: nobody listens there.
    let command = ServerCommand { ready_within: Nanos::from_millis(200), ..script("echo 127.0.0.1:1; exec sleep 600") };
    assert!(refused(&command).contains("did not listen on http://127.0.0.1:1/ within 200ms"), "{}", refused(&command));
}

#[test]
fn one_that_says_it_is_elsewhere_is_refused() {
    let refused = script("echo http://192.0.2.1:80/; exec sleep 600").start(&HaltSwitch::new());
    assert!(
        matches!(&refused, Err(ServerError::Refused { refusal, .. }) if refusal.host == "192.0.2.1"),
        "{refused:?}"
    );
}

#[test]
fn a_place_that_is_taken_is_refused() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let url = Url::parse(&format!("http://{address}")).ok();
    let message = refused(&ServerCommand { url, ..script("exit 0") });
    assert!(message.contains("listens on") && message.contains("already"), "{message}");
}

#[test]
fn a_halt_ends_the_wait() {
    let halt = HaltSwitch::new();
    halt.raise(Halt::Everything);
    let stopped = script("exec sleep 600").start(&halt);
    assert!(matches!(stopped, Err(ServerError::Stopped { .. })), "{stopped:?}");
}

/// A real listener of this test stands in for the server's port, so that `sh` alone is needed.
#[test]
fn the_whole_group_is_ended_even_where_it_ignores_the_request() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // The child of the child would go on for ever, and neither listens to SIGTERM.
    let text =
        format!("trap '' TERM; (trap '' TERM; exec sleep 600) & echo child $! ; echo http://0.0.0.0:{port}; wait");
    let mut server = script(&text).start(&HaltSwitch::new()).expect("it listens");
    assert_eq!(server.url().map(Url::as_str), Some(format!("http://127.0.0.1:{port}/").as_str()));
    assert_eq!(server.ended(), None);
    server.grace = Nanos::from_millis(50);
    let said = server.said();
    let child: i32 = said
        .split("child ")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|id| id.parse().ok())
        .expect("its number");
    let leader = i32::try_from(server.child.id()).expect("a number");
    let group = rustix::process::Pid::from_raw(leader).expect("a process");
    assert!(rustix::process::test_kill_process_group(group).is_ok());
    assert!(rustix::process::test_kill_process(rustix::process::Pid::from_raw(child).expect("a process")).is_ok());
    drop(server);
    // Whoever reaps the orphan may take a moment for it; it is dead already.
    let clock = MonotonicClock::start();
    while rustix::process::test_kill_process_group(group).is_ok() {
        assert!(clock.now() < Nanos::from_secs(20), "the group is still there");
        thread::yield_now();
    }
}

#[test]
fn one_that_ends_while_it_serves_is_noticed() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // It ends when this test closes the connection that was made to see whether it listens.
    let mut server = script(&format!("echo 127.0.0.1:{port}; exit 7")).start(&HaltSwitch::new()).map_or_else(
        |error| {
            // It may have ended before anybody looked, which is told as well.
            assert!(error.to_string().contains("exit status: 7"), "{error}");
            None
        },
        Some,
    );
    if let Some(server) = &mut server {
        let clock = MonotonicClock::start();
        let ended = loop {
            if let Some(ended) = server.ended() {
                break ended;
            }
            assert!(clock.now() < Nanos::from_secs(20), "it has ended long ago");
            thread::yield_now();
        };
        assert_eq!(ended, "exit status: 7");
    }
}
