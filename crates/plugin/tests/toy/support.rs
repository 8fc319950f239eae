//! The toy provider as a process: how a test starts it, hears of it, and knows its end.

use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::OnceLock,
    time::Duration,
};

use rustls::pki_types::ServerName;
use tokio::{
    io::AsyncBufReadExt,
    net::{TcpStream, UnixListener, UnixStream},
};

use crate::{
    client::Client,
    connection::{Caller, tls},
};

pub const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// The toy provider's program, built if need be: a test that is run alone does not build examples.
pub fn toy() -> &'static Path {
    static TOY: OnceLock<PathBuf> = OnceLock::new();
    TOY.get_or_init(|| {
        let exe = std::env::current_exe().unwrap();
        let profile = exe.parent().and_then(Path::parent).unwrap();
        let mut build = Command::new(env!("CARGO"));
        build
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--quiet", "--example", "toy_provider", "--target-dir"])
            .arg(profile.parent().unwrap());
        // Build scripts look at these, so that with a test's own nearly everything would be built anew.
        for (name, _) in std::env::vars() {
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "OUT_DIR" {
                build.env_remove(name);
            }
        }
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(
            build.status().unwrap().success(),
            "the toy provider does not build"
        );
        profile.join("examples/toy_provider")
    })
}

/// Fails a test that would wait for ever.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), future)
        .await
        .expect("nothing happened in 30 seconds")
}

/// Where the toy says what it does; see its TOY_GATE.
pub struct Gate {
    listener: UnixListener,
    dir: tempfile::TempDir,
}

/// The toy goes on when this is dropped.
pub struct Held(#[allow(dead_code)] UnixStream);

impl Gate {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            listener: UnixListener::bind(dir.path().join("gate")).unwrap(),
            dir,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join("gate")
    }

    /// What the toy says next.
    pub async fn next(&self) -> (String, Held) {
        soon(async {
            let (stream, _) = self.listener.accept().await.unwrap();
            let mut stream = tokio::io::BufReader::new(stream);
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            (line.trim_end().to_owned(), Held(stream.into_inner()))
        })
        .await
    }

    /// Waits for the toy to say exactly this.
    pub async fn hears(&self, line: &str) -> Held {
        let (heard, held) = self.next().await;
        assert_eq!(heard, line);
        held
    }
}

/// A toy provider that runs; it is killed when dropped.
pub struct Process {
    pub child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    pub gate: Gate,
    pub caller: Caller,
    /// The fields of the handshake's line.
    pub line: Vec<String>,
    /// Where the toy puts its socket, which a killed one leaves behind.
    _temporary: tempfile::TempDir,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How Terraform would start the toy.
pub fn command(caller: &Caller) -> Command {
    let mut command = bare();
    command
        .env(COOKIE.0, COOKIE.1)
        .env("PLUGIN_PROTOCOL_VERSIONS", "5,6");
    command
        .env("PLUGIN_MIN_PORT", "10000")
        .env("PLUGIN_MAX_PORT", "25000");
    command.env("PLUGIN_CLIENT_CERT", caller.pem());
    command
}

/// How anybody would.
pub fn bare() -> Command {
    let mut command = Command::new(toy());
    for (name, _) in std::env::vars() {
        if name.starts_with("TF_") || name.starts_with("PLUGIN_") || name.starts_with("TOY_") {
            command.env_remove(name);
        }
    }
    command
}

impl Process {
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub fn start_with(adapt: impl FnOnce(&mut Command)) -> Self {
        let (caller, gate) = (Caller::new(), Gate::new());
        // Open to everybody, as the system's own is: what keeps others out is the toy's to do.
        let temporary = tempfile::Builder::new()
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .tempdir()
            .unwrap();
        let mut command = command(&caller);
        command.env("TMPDIR", temporary.path());
        adapt(&mut command);
        command
            .env("TOY_GATE", gate.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let line = line.trim_end().split('|').map(str::to_owned).collect();
        Self {
            child,
            stdout: Some(stdout),
            gate,
            caller,
            line,
            _temporary: temporary,
        }
    }

    pub fn socket(&self) -> PathBuf {
        assert_eq!(self.line[2], "unix", "{:?}", self.line);
        self.line[3].clone().into()
    }

    pub async fn client(&self) -> Client {
        self.client_as(Some(&self.caller)).await.unwrap()
    }

    /// A client that shows somebody's certificate, or none; None if it is turned away.
    pub async fn client_as(&self, caller: Option<&Caller>) -> Option<Client> {
        if self.line[5].is_empty() {
            return Client::over(UnixStream::connect(&self.line[3]).await.ok()?).await;
        }
        let tls = tls(&self.line[5], caller);
        let name = ServerName::try_from("localhost").unwrap();
        match self.line[2].as_str() {
            "unix" => {
                let stream = UnixStream::connect(&self.line[3]).await.ok()?;
                Client::over(tls.connect(name, stream).await.ok()?).await
            }
            _ => {
                let stream = TcpStream::connect(&self.line[3]).await.ok()?;
                stream.set_nodelay(true).unwrap();
                Client::over(tls.connect(name, stream).await.ok()?).await
            }
        }
    }

    pub fn signal(&self, name: &str) {
        send_signal(name, &self.child.id().to_string());
    }

    /// Waits for the process to end by itself.
    pub async fn exit(&mut self) -> ExitStatus {
        let mut stdout = self.stdout.take().unwrap();
        // It ends when the process does.
        let end = tokio::task::spawn_blocking(move || stdout.read_to_end(&mut Vec::new()));
        soon(end).await.unwrap().unwrap();
        self.child.wait().unwrap()
    }
}

/// `to` is a process's id, or a process group's with a dash in front.
pub fn send_signal(name: &str, to: &str) {
    let status = Command::new("sh")
        .args(["-c", &format!("kill -s {name} -- {to}")])
        .status()
        .unwrap();
    assert!(status.success());
}
