//! What the tests of the front door share: the toy provider as a process, and a raw client for it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tonic::body::Body;

#[allow(clippy::all, missing_docs, dead_code, deprecated)]
pub mod wire {
    include!(concat!(env!("OUT_DIR"), "/client/tfplugin6.rs"));
}
#[allow(clippy::all, missing_docs, dead_code)]
pub mod go_plugin {
    include!(concat!(env!("OUT_DIR"), "/client/plugin.rs"));
}

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

    /// The next thing that the toy says.
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

/// What a client proves itself with.
pub struct Caller {
    certificate: rcgen::Certificate,
    key: rcgen::KeyPair,
}

impl Caller {
    pub fn new() -> Self {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        Self {
            certificate: params.self_signed(&key).unwrap(),
            key,
        }
    }

    fn pem(&self) -> String {
        let der = base64::engine::general_purpose::STANDARD.encode(self.certificate.der());
        format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")
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
        let mut command = command(&caller);
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

fn tls(server: &str, caller: Option<&Caller>) -> tokio_rustls::TlsConnector {
    let server = base64::engine::general_purpose::STANDARD_NO_PAD
        .decode(server)
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Exactly(CertificateDer::from(server), provider.clone());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match caller {
        Some(caller) => {
            let key = PrivateKeyDer::Pkcs8(caller.key.serialize_der().into());
            config
                .with_client_auth_cert(vec![caller.certificate.der().clone()], key)
                .unwrap()
        }
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config).into()
}

#[derive(Debug)]
struct Exactly(CertificateDer<'static>, Arc<rustls::crypto::CryptoProvider>);

impl rustls::client::danger::ServerCertVerifier for Exactly {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: rustls::pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        assert_eq!(*end_entity, self.0);
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.2".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = self.1.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.1.signature_verification_algorithms.supported_schemes()
    }
}

/// HTTP/2 as tonic's clients want it.
#[derive(Clone)]
pub struct Http(SendRequest<Body>);

impl tower_service::Service<http::Request<Body>> for Http {
    type Response = http::Response<hyper::body::Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(self.0.send_request(request))
    }
}

/// A connection; it is closed when the client and its clones are dropped.
#[derive(Clone)]
pub struct Client {
    pub rpc: wire::provider_client::ProviderClient<Http>,
    controller: go_plugin::grpc_controller_client::GrpcControllerClient<Http>,
}

/// What the toy's things have.
const ATTRIBUTES: &[&str] = &[
    "id",
    "name",
    "size",
    "blob",
    "secret",
    "disk",
    "ports",
    "on_plan",
    "on_create",
    "on_read",
    "on_update",
    "on_destroy",
];

/// A whole thing: what is not given is null.
pub fn thing(given: Json) -> Json {
    let mut whole: serde_json::Map<_, _> = ATTRIBUTES
        .iter()
        .map(|name| ((*name).to_owned(), Json::Null))
        .collect();
    whole.extend(given.as_object().unwrap().clone());
    Json::Object(whole)
}

pub fn pack(value: &Json) -> Option<wire::DynamicValue> {
    Some(wire::DynamicValue {
        msgpack: rmp_serde::to_vec_named(value).unwrap(),
        json: Vec::new(),
    })
}

pub fn unpack(value: &Option<wire::DynamicValue>) -> Json {
    match value {
        Some(value) if !value.json.is_empty() => serde_json::from_slice(&value.json).unwrap(),
        Some(value) => rmp_serde::from_slice(&value.msgpack).unwrap(),
        None => Json::Null,
    }
}

/// The summaries of the errors.
pub fn errors(diagnostics: &[wire::Diagnostic]) -> Vec<&str> {
    let errors = diagnostics.iter().filter(|diag| diag.severity == 1);
    errors.map(|diag| diag.summary.as_str()).collect()
}

/// The name of the attribute that a diagnostic is about.
pub fn about(diagnostic: &wire::Diagnostic) -> Option<&str> {
    use wire::attribute_path::step::Selector;
    match diagnostic.attribute.as_ref()?.steps.first()?.selector.as_ref()? {
        Selector::AttributeName(name) => Some(name),
        _ => None,
    }
}

impl Client {
    async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Option<Self> {
        let (send, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(16 << 20)
            .initial_connection_window_size(16 << 20)
            .handshake(TokioIo::new(stream))
            .await
            .ok()?;
        tokio::spawn(connection);
        let origin: http::Uri = "http://localhost".parse().unwrap();
        let rpc = wire::provider_client::ProviderClient::with_origin(Http(send.clone()), origin.clone())
            .max_decoding_message_size(1 << 30)
            .max_encoding_message_size(1 << 30);
        let controller =
            go_plugin::grpc_controller_client::GrpcControllerClient::with_origin(Http(send), origin);
        let mut client = Self { rpc, controller };
        // With TLS 1.3 a client learns only now that it is not wanted.
        client
            .rpc
            .get_metadata(wire::get_metadata::Request {})
            .await
            .ok()?;
        Some(client)
    }

    pub async fn shutdown(&mut self) {
        soon(self.controller.shutdown(go_plugin::Empty {})).await.unwrap();
    }

    pub async fn stop(&mut self) {
        soon(self.rpc.stop_provider(wire::stop_provider::Request {}))
            .await
            .unwrap();
    }

    pub async fn schema(&mut self) -> wire::get_provider_schema::Response {
        soon(
            self.rpc
                .get_provider_schema(wire::get_provider_schema::Request {}),
        )
        .await
        .unwrap()
        .into_inner()
    }

    pub async fn configure(&mut self, greeting: &str) -> Vec<wire::Diagnostic> {
        let request = wire::configure_provider::Request {
            config: pack(&json!({ "greeting": greeting, "token": null })),
            ..Default::default()
        };
        soon(self.rpc.configure_provider(request))
            .await
            .unwrap()
            .into_inner()
            .diagnostics
    }

    /// Whether operations are told to stop.
    pub async fn stopped(&mut self) -> bool {
        let request = wire::read_data_source::Request {
            type_name: "toy_fact".to_owned(),
            config: pack(&json!({ "mood": null, "stopped": null })),
            ..Default::default()
        };
        let answer = soon(self.rpc.read_data_source(request))
            .await
            .unwrap()
            .into_inner();
        unpack(&answer.state)["stopped"].as_bool().unwrap()
    }

    /// Applies a change of a thing; null is no thing.
    pub async fn apply(&mut self, prior: &Json, planned: &Json) -> wire::apply_resource_change::Response {
        let request = wire::apply_resource_change::Request {
            type_name: "toy_thing".to_owned(),
            prior_state: pack(prior),
            planned_state: pack(planned),
            config: pack(planned),
            planned_private: rmp_serde::to_vec_named(&HashMap::from([("count", 7)])).unwrap(),
            ..Default::default()
        };
        soon(self.rpc.apply_resource_change(request))
            .await
            .unwrap()
            .into_inner()
    }

    pub async fn create(&mut self, given: Json) -> wire::apply_resource_change::Response {
        self.apply(&Json::Null, &thing(given)).await
    }

    pub async fn read(&mut self, state: &Json, private: &[u8]) -> wire::read_resource::Response {
        let request = wire::read_resource::Request {
            type_name: "toy_thing".to_owned(),
            current_state: pack(state),
            private: private.to_vec(),
            ..Default::default()
        };
        soon(self.rpc.read_resource(request)).await.unwrap().into_inner()
    }

    pub async fn plan(&mut self, prior: &Json, proposed: &Json) -> wire::plan_resource_change::Response {
        let request = wire::plan_resource_change::Request {
            type_name: "toy_thing".to_owned(),
            prior_state: pack(prior),
            proposed_new_state: pack(proposed),
            config: pack(proposed),
            ..Default::default()
        };
        soon(self.rpc.plan_resource_change(request))
            .await
            .unwrap()
            .into_inner()
    }

    pub async fn upgrade(
        &mut self,
        type_name: &str,
        version: i64,
        state: Json,
    ) -> wire::upgrade_resource_state::Response {
        let raw = wire::RawState {
            json: state.to_string().into_bytes(),
            ..Default::default()
        };
        let request = wire::upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            version,
            raw_state: Some(raw),
        };
        soon(self.rpc.upgrade_resource_state(request))
            .await
            .unwrap()
            .into_inner()
    }
}
