//! Shapes of single texts that several nouns' rules want: each says what is wrong with a text.

use super::value::Datum;

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

/// A port that a container opens: `8080/http`, `22/tcp`.
pub fn port(text: &str) -> Result<(), String> {
    let port = text.split_once('/');
    let is_port = port.is_some_and(|(number, protocol)| {
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        is_number
            && number.parse::<u16>().is_ok_and(|number| number > 0)
            && ["http", "tcp"].contains(&protocol)
    });
    if is_port {
        return Ok(());
    }
    Err(
        "a port is written port/http or port/tcp, with a port from 1 to 65535, such as \"8080/http\""
            .to_owned(),
    )
}

/// A name of a variable, as the shell has them.
pub fn variable(text: &str) -> Result<(), String> {
    let mut bytes = text.bytes();
    let begins = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if begins && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok(());
    }
    Err("a variable's name has letters, digits and underscores, and does not begin with a digit".to_owned())
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
        for good in ["1/http", "65535/tcp"] {
            assert!(port(good).is_ok(), "{good}");
        }
        for bad in [
            "0/http",
            "65536/tcp",
            "80",
            "80/udp",
            "+80/tcp",
            "/tcp",
            "80/http ",
        ] {
            assert!(port(bad).is_err(), "{bad}");
        }
        for good in ["A", "_x9", "HF_TOKEN"] {
            assert!(variable(good).is_ok(), "{good}");
        }
        for bad in ["", "9A", "A-B", "A B", "Ä"] {
            assert!(variable(bad).is_err(), "{bad}");
        }
    }
}
