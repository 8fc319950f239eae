//! Which state an object belongs into: the workspace and the backend that Terraform works with in a directory. It tells
//! providers neither, but both stand where Terraform itself looks for them.

use std::{env, fs, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Arguments of backends that say who asks, and not where the state is: another credential is no other state.
const CREDENTIALS: [&str; 14] = [
    "access_key",
    "access_token",
    "client_certificate_password",
    "client_secret",
    "credentials",
    "encryption_key",
    "oidc_request_token",
    "oidc_token",
    "password",
    "sas_token",
    "secret_key",
    "security_token",
    "token",
    "username",
];

/// Which state an object belongs into.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The workspace's name.
    pub workspace: String,
    /// The backend's type and a digest of what it was configured with; empty where there is none but the default.
    pub backend: String,
}

impl Scope {
    /// Finds out by the environment and by what Terraform keeps in its data directory.
    pub fn find(data: &Path) -> Self {
        let chosen = env::var("TF_WORKSPACE").ok();
        let kept = || fs::read_to_string(data.join("environment")).ok();
        let name = chosen.filter(|name| !name.is_empty()).or_else(kept);
        let backend = fs::read(data.join("terraform.tfstate")).ok();
        Self {
            workspace: name.map_or_else(|| "default".to_owned(), |name| name.trim().to_owned()),
            backend: backend.and_then(|kept| backend_in(&kept)).unwrap_or_default(),
        }
    }
}

fn backend_in(kept: &[u8]) -> Option<String> {
    let mut kept: Value = serde_json::from_slice(kept).ok()?;
    let mut backend = kept.get_mut("backend")?.take();
    let config = backend.get_mut("config").map(Value::take).unwrap_or_default();
    let kind = backend.get("type")?.as_str()?;
    Some(format!(
        "{kind} {}",
        digest(without_credentials(config).to_string())
    ))
}

/// The configuration without credentials and without what is not set; the keys of a map are in order.
fn without_credentials(config: Value) -> Value {
    let Value::Object(config) = config else {
        return config;
    };
    let told = config
        .into_iter()
        .filter(|(name, value)| !value.is_null() && !CREDENTIALS.contains(&name.as_str()));
    let told: Map<String, Value> = told
        .map(|(name, value)| (name, without_credentials(value)))
        .collect();
    Value::Object(told)
}

/// A short digest.
pub fn digest(text: impl AsRef<[u8]>) -> String {
    let digest = Sha256::digest(text.as_ref());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn backend(kind: &str, config: &str) -> String {
        let kept =
            format!(r#"{{"version": 3, "backend": {{"type": "{kind}", "config": {config}, "hash": 1}}}}"#);
        backend_in(kept.as_bytes()).unwrap()
    }

    #[test]
    fn a_backend_is_told_by_where_it_keeps_the_state() {
        let one = backend("s3", r#"{"bucket": "b", "key": "one"}"#);
        assert_ne!(one, backend("s3", r#"{"bucket": "b", "key": "two"}"#));
        assert_ne!(one, backend("gcs", r#"{"bucket": "b", "key": "one"}"#));
        assert_eq!(
            one,
            backend("s3", r#"{"key": "one", "bucket": "b", "region": null}"#)
        );
    }

    #[test]
    fn another_credential_is_no_other_backend_and_none_is_kept() {
        let with = |secret: &str| backend("s3", &format!(r#"{{"bucket": "b", "secret_key": "{secret}"}}"#));
        assert_eq!(with("old"), with("new"));
        assert!(!with("old").contains("old"));
    }

    #[test]
    fn nested_configuration_counts() {
        let with = |name: &str| backend("remote", &format!(r#"{{"workspaces": [{{"name": "{name}"}}]}}"#));
        assert_ne!(with("one"), with("two"));
    }

    #[test]
    fn without_a_backend_there_is_the_default_one() {
        let data = tempfile::tempdir().unwrap();
        let scope = Scope::find(data.path());
        assert_eq!(scope.backend, "");
        fs::write(data.path().join("terraform.tfstate"), "{").unwrap();
        assert_eq!(Scope::find(data.path()), scope);
    }
}
