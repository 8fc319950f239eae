//! Variables of a container's environment, whose values are often secrets.

use std::{
    collections::BTreeMap,
    fmt,
    ops::{Deref, DerefMut},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Variables by their names. `Debug` shows the names alone.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Env(pub BTreeMap<String, String>);

impl Env {
    /// The variables with digests in place of their values, which can be kept and compared.
    pub fn digests(&self) -> Value {
        self.iter()
            .map(|(name, value)| (name.clone(), Value::from(digest(value))))
            .collect()
    }
}

/// What a secret can be recognised by, and not be made of.
pub fn digest(secret: &str) -> String {
    let bytes = Sha256::digest(secret.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl<K: Into<String>, V: Into<String>, const N: usize> From<[(K, V); N]> for Env {
    fn from(variables: [(K, V); N]) -> Self {
        variables.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let variables = variables.into_iter();
        Self(
            variables
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl Deref for Env {
    type Target = BTreeMap<String, String>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Env {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_neither_shown_nor_in_the_digests_which_tell_them_apart() {
        let env = Env::from([("HF_TOKEN", "hf_1")]);
        assert_eq!(format!("{env:?}"), "{\"HF_TOKEN\"}");
        let digests = env.digests();
        assert!(!digests.to_string().contains("hf_1"), "{digests}");
        assert_eq!(digests, env.clone().digests());
        assert_ne!(digests, Env::from([("HF_TOKEN", "hf_2")]).digests());
    }
}
