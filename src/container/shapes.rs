//! Shapes of single texts that several nouns' rules want: each says what is wrong with a text.

use tf_provider::{AttributePath, Diagnostics};

use crate::managed::{
    attribute::{Type, invalid, texts},
    value::Datum,
};

/// One element of a list that the API joins with commas.
pub fn one_item(text: &str) -> Result<(), String> {
    if text.trim_start_matches('-').trim().is_empty() {
        return Err("an element must not be empty".to_owned());
    }
    if text.contains(',') {
        return Err("an element must not contain a comma; write one a list element".to_owned());
    }
    if text.trim() != text {
        return Err("an element must not begin or end with blanks".to_owned());
    }
    Ok(())
}

/// A CUDA version as the API has it: `major.minor`.
pub fn cuda_version(text: &str) -> Result<(), String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((major, minor)) if digits(major) && digits(minor) => Ok(()),
        _ => Err("a CUDA version is written major.minor, such as \"12.4\"".to_owned()),
    }
}

/// What a port may be.
const PORT: &str =
    "a port is written port/http or port/tcp, with a port from 1 to 65535, such as \"8080/http\"";

/// A port that a container opens, `8080/http` or `22/tcp`, or `53/udp`, which may be there already.
pub fn port(text: &str) -> Result<(), String> {
    let port = text.split_once('/');
    let is_port = port.is_some_and(|(number, protocol)| {
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        is_number
            && number.parse::<u16>().is_ok_and(|number| number > 0)
            && ["http", "tcp", "udp"].contains(&protocol)
    });
    if is_port { Ok(()) } else { Err(PORT.to_owned()) }
}

/// Refuses ports that no container opens at Runpod.
pub fn new_ports(diags: &mut Diagnostics, path: &AttributePath, ports: &Datum, prior: Option<&Datum>) {
    let known = prior.map(Datum::as_texts).unwrap_or_default();
    for (path, port) in texts(Type::List, path, ports) {
        if let Some(port) = port.filter(|port| port.ends_with("/udp") && !known.contains(port)) {
            invalid(diags, path, "ports", PORT, &format!("{port:?}"));
        }
    }
}

/// Refuses names of variables that are none of the shell's.
pub fn new_variables(diags: &mut Diagnostics, path: &AttributePath, env: &Datum, prior: Option<&Datum>) {
    let (Datum::Object(env), known) = (env, prior) else {
        return;
    };
    let is_known = |key: &str| matches!(known, Some(Datum::Object(known)) if !known.get(key).is_null());
    for key in env
        .0
        .keys()
        .filter(|key| key.contains(['-', '.']) && !is_known(key))
    {
        let path = path.clone().key(key.clone());
        invalid(diags, path, "env", VARIABLE, &format!("{key:?}"));
    }
}

/// What a variable's name may be.
const VARIABLE: &str =
    "a variable's name has letters, digits and underscores, and does not begin with a digit";

/// A name of a variable, as the shell has them, or with `-` and `.`, which Runpod may hold already (V2 2.4).
pub fn variable(text: &str) -> Result<(), String> {
    let mut bytes = text.bytes();
    let begins = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if begins && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
        return Ok(());
    }
    Err(VARIABLE.to_owned())
}

/// Whether the API's answer has all variables that were written; others are Runpod's own right after a write.
pub fn has_variables(wanted: &Datum, answered: &Datum) -> bool {
    let (Datum::Object(wanted), Datum::Object(answered)) = (wanted, answered) else {
        return false;
    };
    wanted.0.iter().all(|(key, value)| answered.get(key) == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_variables_have_their_shapes() {
        for good in ["1/http", "65535/tcp", "53/udp"] {
            assert!(port(good).is_ok(), "{good}");
        }
        for bad in [
            "0/http",
            "65536/tcp",
            "80",
            "80/sctp",
            "+80/tcp",
            "/tcp",
            "80/http ",
        ] {
            assert!(port(bad).is_err(), "{bad}");
        }
        for good in ["A", "_x9", "HF_TOKEN", "MY-KEY", "a.b"] {
            assert!(variable(good).is_ok(), "{good}");
        }
        for bad in ["", "9A", "-A", "A=B", "A B", "Ä"] {
            assert!(variable(bad).is_err(), "{bad}");
        }
    }
}
