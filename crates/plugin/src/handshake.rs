//! go-plugin's handshake: what Terraform puts into the environment, and the one line that it reads back.

use std::{env, ops::RangeInclusive, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// The protocol's major version that is served here.
const PROTOCOL: &str = "6";

/// How Terraform says that it is Terraform; the value is the same for every provider.
const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// Makes the provider listen on TCP where it would use a unix socket, when set to `tcp`.
const TRANSPORT: &str = "TF_PROVIDER_TRANSPORT";

/// What Terraform asks for when it starts a provider.
#[derive(Debug, Default)]
pub(crate) struct HandshakeRequest {
    /// The certificate that Terraform will show, as PEM. None when the user has switched TLS off
    /// (`TF_DISABLE_PLUGIN_TLS`).
    pub client_cert: Option<String>,
    /// Where a socket may be put.
    pub socket_dir: Option<PathBuf>,
    /// The TCP ports to choose from.
    pub ports: Option<RangeInclusive<u16>>,
    /// Whether a unix socket is unwanted.
    pub tcp: bool,
}

/// Why Terraform asks for nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HandshakeError {
    /// Somebody else started the program.
    NotTerraform,
    /// Terraform did, and does not speak this protocol.
    OtherProtocol(String),
}

impl HandshakeRequest {
    /// Reads the process's environment.
    pub(crate) fn from_env() -> Result<Self, HandshakeError> {
        Self::read(|name| env::var(name).ok())
    }

    fn read(var: impl Fn(&str) -> Option<String>) -> Result<Self, HandshakeError> {
        if var(COOKIE.0).as_deref() != Some(COOKIE.1) {
            return Err(HandshakeError::NotTerraform);
        }
        let versions = var("PLUGIN_PROTOCOL_VERSIONS").unwrap_or_default();
        if !versions.split(',').any(|version| version.trim() == PROTOCOL) {
            return Err(HandshakeError::OtherProtocol(versions));
        }
        let port = |name| var(name).and_then(|port| port.trim().parse::<u16>().ok());
        let ports = match (port("PLUGIN_MIN_PORT"), port("PLUGIN_MAX_PORT")) {
            (Some(min), Some(max)) if min <= max && min > 0 => Some(min..=max),
            _ => None,
        };
        Ok(Self {
            client_cert: var("PLUGIN_CLIENT_CERT").filter(|pem| !pem.trim().is_empty()),
            socket_dir: var("PLUGIN_UNIX_SOCKET_DIR")
                .filter(|dir| !dir.is_empty())
                .map(Into::into),
            ports,
            tcp: var(TRANSPORT).is_some_and(|kind| kind.eq_ignore_ascii_case("tcp")),
        })
    }
}

/// Where the provider listens, as go-plugin writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// `unix` or `tcp`.
    pub network: &'static str,
    /// A path, or host and port.
    pub address: String,
}

impl Address {
    /// The line that Terraform waits for on stdout. `server_cert` is DER, empty without TLS.
    pub(crate) fn line(&self, server_cert: &[u8]) -> String {
        let cert = STANDARD_NO_PAD.encode(server_cert);
        format!("1|{PROTOCOL}|{}|{}|grpc|{cert}", self.network, self.address)
    }

    /// What a Terraform that did not start the provider needs to know of it, as an assignment for a shell.
    /// `Test` keeps Terraform from ending the process after each run.
    pub(crate) fn reattach(&self, provider: &str) -> String {
        let mut providers = serde_json::Map::new();
        providers.insert(
            provider.to_owned(),
            serde_json::json!({
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": std::process::id(),
                "Test": true,
                "Addr": { "Network": self.network, "String": self.address },
            }),
        );
        let json = serde_json::Value::Object(providers).to_string();
        format!("TF_REATTACH_PROVIDERS='{}'", json.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, COOKIE, HandshakeError, HandshakeRequest};

    fn read(vars: &[(&str, &str)]) -> Result<HandshakeRequest, HandshakeError> {
        HandshakeRequest::read(|name| vars.iter().find(|var| var.0 == name).map(|var| var.1.to_owned()))
    }

    #[test]
    fn without_the_cookie_it_is_not_terraform() {
        assert_eq!(read(&[]).err(), Some(HandshakeError::NotTerraform));
        assert_eq!(read(&[(COOKIE.0, "1")]).err(), Some(HandshakeError::NotTerraform));
    }

    #[test]
    fn protocol_6_must_be_among_those_offered() {
        let cookie = COOKIE;
        let other = read(&[cookie, ("PLUGIN_PROTOCOL_VERSIONS", "5,16")]);
        assert_eq!(other.err(), Some(HandshakeError::OtherProtocol("5,16".into())));
        assert!(read(&[cookie, ("PLUGIN_PROTOCOL_VERSIONS", "5, 6")]).is_ok());
    }

    #[test]
    fn nonsense_in_the_ports_leaves_the_choice_to_the_system() {
        let base = [
            COOKIE,
            ("PLUGIN_PROTOCOL_VERSIONS", "6"),
            ("PLUGIN_MIN_PORT", "10000"),
        ];
        for max in ["", "x", "9", "70000"] {
            let vars: Vec<_> = base.into_iter().chain([("PLUGIN_MAX_PORT", max)]).collect();
            assert_eq!(read(&vars).ok().and_then(|request| request.ports), None);
        }
    }

    #[test]
    fn the_line() {
        let address = Address {
            network: "unix",
            address: "/tmp/x".into(),
        };
        assert_eq!(address.line(&[1, 2]), "1|6|unix|/tmp/x|grpc|AQI");
        assert_eq!(address.line(&[]), "1|6|unix|/tmp/x|grpc|");
    }
}
