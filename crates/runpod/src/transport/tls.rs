//! Faults of certificates: the server's that are not trusted, and those to trust that cannot be read.

use std::{env, error::Error as StdError, fs, io};

/// The variables that say where the certificates to trust are, instead of the system's.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// What is wrong with the file or the directory that a variable names, in words.
pub fn broken_variable() -> Option<String> {
    VARIABLES.iter().find_map(|variable| {
        let path = env::var_os(variable).filter(|path| !path.is_empty())?;
        let fault = fault_of(variable, path.as_ref())?;
        Some(format!(
            "the environment variable {variable} names {}, {fault}",
            path.to_string_lossy()
        ))
    })
}

fn fault_of(variable: &str, path: &std::path::Path) -> Option<String> {
    if variable == "SSL_CERT_DIR" {
        // It may name several.
        let mut faults = env::split_paths(path).map(|path| fs::read_dir(path).err());
        let is_broken = faults.all(|fault| fault.is_some());
        return is_broken.then(|| "which cannot be read".to_owned());
    }
    match fs::read(path) {
        Err(failure) => Some(format!("which cannot be read ({failure})")),
        Ok(text) if !String::from_utf8_lossy(&text).contains("-----BEGIN CERTIFICATE-----") => {
            Some("which holds no certificate in PEM format".to_owned())
        }
        Ok(_) => None,
    }
}

/// Where the certificates to trust come from, for a sentence.
pub fn source() -> String {
    let set = VARIABLES.iter().find_map(|variable| {
        let path = env::var_os(variable).filter(|path| !path.is_empty())?;
        Some(format!(
            "the environment variable {variable} ({})",
            path.to_string_lossy()
        ))
    });
    set.unwrap_or_else(|| "the system's store".to_owned())
}

/// What TLS says about the certificate, if that is why the connection failed.
pub fn certificate_fault(failure: &(dyn StdError + 'static)) -> Option<String> {
    let mut next = Some(failure);
    while let Some(cause) = next {
        match cause.downcast_ref::<rustls::Error>() {
            Some(rustls::Error::InvalidCertificate(fault)) => return Some(fault.to_string()),
            Some(rustls::Error::NoCertificatesPresented) => {
                return Some("it presents no certificate".to_owned());
            }
            _ => {}
        }
        // The source of an I/O error is that of what it wraps, which would be passed over.
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        };
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use rustls::CertificateError;

    #[test]
    fn a_certificate_that_is_not_trusted_is_found_among_the_causes() {
        let expired = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let wrapped = io::Error::other(io::Error::other(expired));
        assert!(certificate_fault(&wrapped).unwrap().contains("expired"));
        assert_eq!(certificate_fault(&io::Error::other("refused")), None);
    }

    #[test]
    fn a_file_that_is_none_or_holds_no_certificate_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        let told = || fault_of("SSL_CERT_FILE", &path);
        assert!(told().unwrap().contains("cannot be read"));
        fs::write(&path, "nonsense").unwrap();
        assert!(told().unwrap().contains("no certificate"));
        fs::write(&path, "-----BEGIN CERTIFICATE-----").unwrap();
        assert_eq!(told(), None);
        assert!(
            fault_of("SSL_CERT_DIR", &path)
                .unwrap()
                .contains("cannot be read")
        );
        assert_eq!(fault_of("SSL_CERT_DIR", directory.path()), None);
    }
}
