//! Who may talk to the provider: the Terraform that started it, and nobody else.

use std::{
    os::unix::fs::{MetadataExt, PermissionsExt},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    connection::Caller,
    support::{Process, bare, command, toy},
};

#[tokio::test]
async fn terraforms_certificate_is_accepted() {
    let process = Process::start();
    assert_eq!(process.line[..2], ["1", "6"]);
    assert_eq!(process.line[4], "grpc");
    assert!(process.client_as(Some(&process.caller)).await.is_some());
}

#[tokio::test]
async fn no_certificate_is_refused() {
    let process = Process::start();
    assert!(process.client_as(None).await.is_none());
}

#[tokio::test]
async fn another_certificate_is_refused() {
    let process = Process::start();
    assert!(process.client_as(Some(&Caller::new())).await.is_none());
}

#[tokio::test]
async fn the_socket_is_in_a_directory_that_only_its_owner_may_enter() {
    let dir = tempfile::tempdir().unwrap();
    let process = Process::start_with(|command| {
        command.env("PLUGIN_UNIX_SOCKET_DIR", dir.path());
    });
    let socket = process.socket();
    assert!(socket.starts_with(dir.path()));
    let parent = std::fs::metadata(socket.parent().unwrap()).unwrap();
    assert_eq!(parent.mode() & 0o7777, 0o700);
}

/// Whether a process of that user can connect to the socket of `process`; None if no such process can be had.
fn can_connect(process: &Process, user: &str) -> Option<bool> {
    // The program must be where that user can get at it.
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let program = dir.path().join("attempt");
    std::fs::copy(toy(), &program).unwrap();
    let ids = [
        format!("--reuid={user}"),
        format!("--regid={user}"),
        "--clear-groups".to_owned(),
    ];
    let mut attempt = Command::new("setpriv");
    attempt
        .args(ids)
        .arg(program)
        .env("TOY_CHECK_ACCESS", process.socket())
        .stderr(Stdio::null());
    let code = attempt.status().ok()?.code();
    // 10 and 11 are the toy's own words; anything else means that it was not run.
    match code {
        Some(10) => Some(true),
        Some(11) => Some(false),
        _ => None,
    }
}

#[tokio::test]
async fn another_user_cannot_open_the_socket() {
    let process = Process::start();
    let Some(own) = can_connect(&process, "0") else {
        eprintln!("skipped: it takes root to be another user");
        return;
    };
    assert!(own);
    assert_eq!(can_connect(&process, "65534"), Some(false));
}

#[tokio::test]
async fn without_tls_a_socket_of_ones_own_will_do() {
    let process = Process::start_with(|command| {
        command.env_remove("PLUGIN_CLIENT_CERT");
    });
    assert_eq!(process.line[2..], ["unix", &process.line[3], "grpc", ""]);
    assert!(process.client_as(None).await.is_some());
    if let Some(own) = can_connect(&process, "0") {
        assert!(own);
        assert_eq!(can_connect(&process, "65534"), Some(false));
    }
}

fn over_tcp(command: &mut Command) {
    command.env("TF_PROVIDER_TRANSPORT", "tcp");
}

#[tokio::test]
async fn tcp_asks_for_the_same_certificate() {
    let process = Process::start_with(over_tcp);
    assert_eq!(process.line[2], "tcp");
    let port: u16 = process.line[3]
        .strip_prefix("127.0.0.1:")
        .unwrap()
        .parse()
        .unwrap();
    assert!((10000..=25000).contains(&port));
    assert!(process.client_as(None).await.is_none());
    assert!(process.client_as(Some(&Caller::new())).await.is_none());
    let mut client = process.client().await;
    assert!(client.schema().await.provider.is_some());
}

#[tokio::test]
async fn tcp_does_not_wait_for_acknowledgements() {
    let process = Process::start_with(over_tcp);
    let mut client = process.client().await;
    let mut times = Vec::new();
    for _ in 0..15 {
        let start = Instant::now();
        client.schema().await;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    // A delayed acknowledgement takes 40 ms; an answer of a debug build on a busy machine far less.
    assert!(times[5] < Duration::from_millis(30), "{times:?}");
}

#[test]
fn tcp_without_tls_is_refused() {
    let mut command = command(&Caller::new());
    over_tcp(&mut command);
    let output = command.env_remove("PLUGIN_CLIENT_CERT").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("TF_DISABLE_PLUGIN_TLS"));
}

#[tokio::test]
async fn where_a_sockets_path_would_be_too_long_tcp_will_do() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("d".repeat(120));
    std::fs::create_dir(&deep).unwrap();
    let process = Process::start_with(|command| {
        command.env("PLUGIN_UNIX_SOCKET_DIR", &deep);
    });
    assert_eq!(process.line[2], "tcp");
    assert!(process.client_as(Some(&process.caller)).await.is_some());
    assert_eq!(std::fs::read_dir(&deep).unwrap().count(), 0);
}

/// Output of the toy when it is started by hand.
fn by_hand(adapt: impl FnOnce(&mut Command)) -> (Option<i32>, String, String) {
    let mut command = bare();
    adapt(&mut command);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn started_by_hand_it_explains_itself_and_leaves() {
    let wrong = |command: &mut Command| {
        command
            .env("TF_PLUGIN_MAGIC_COOKIE", "wrong")
            .env("PLUGIN_PROTOCOL_VERSIONS", "6");
    };
    for (code, stdout, stderr) in [by_hand(|_| {}), by_hand(wrong)] {
        assert_eq!((code, stdout.as_str()), (Some(1), ""));
        for told in [
            "terraform-provider-toy 1.2.3",
            "example-org/toy",
            "https://example.org/toy",
            "required_providers",
        ] {
            assert!(stderr.contains(told), "{told} is not in {stderr}");
        }
    }
}

#[test]
fn options_that_only_print_succeed() {
    let (code, stdout, _) = by_hand(|command| _ = command.arg("--version"));
    assert_eq!(
        (code, stdout.as_str()),
        (Some(0), "terraform-provider-toy 1.2.3\n")
    );
    let (code, stdout, _) = by_hand(|command| _ = command.arg("--help"));
    assert_eq!(code, Some(0));
    assert!(stdout.contains("--debug"));
    let (code, stdout, stderr) = by_hand(|command| _ = command.arg("--serve"));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("--serve"));
}

#[test]
fn a_terraform_without_protocol_6_is_told_so() {
    let output = command(&Caller::new())
        .env("PLUGIN_PROTOCOL_VERSIONS", "4,5")
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("protocol 6") && stderr.contains("4,5"),
        "{stderr}"
    );
}

#[test]
fn a_broken_certificate_is_an_error() {
    let output = command(&Caller::new())
        .env("PLUGIN_CLIENT_CERT", "nonsense")
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("PLUGIN_CLIENT_CERT"));
}
