//! TLS 1.3 in which the only client is the one whose very certificate Terraform has handed over.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature},
    pki_types::{
        AlgorithmIdentifier, CertificateDer, InvalidSignature, PrivateKeyDer, PrivatePkcs8KeyDer,
        SignatureVerificationAlgorithm, UnixTime, alg_id, pem::PemObject,
    },
    server::danger::{ClientCertVerified, ClientCertVerifier},
};

/// A server's side of TLS, and the certificate by which Terraform will know it.
pub(crate) struct ServerTls {
    pub config: Arc<ServerConfig>,
    /// DER.
    pub certificate: Vec<u8>,
}

/// Why TLS cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("PLUGIN_CLIENT_CERT holds no certificate")]
    ClientCertificate(#[source] rustls::pki_types::pem::Error),
    #[error("no certificate of its own could be made")]
    OwnCertificate(#[from] rcgen::Error),
    #[error(transparent)]
    Tls(#[from] Error),
}

impl ServerTls {
    /// Makes a key for this process alone. `client` is the certificate that every client must show, as PEM.
    pub(crate) fn for_client(client: &str) -> Result<Self, TlsError> {
        let client =
            CertificateDer::from_pem_slice(client.as_bytes()).map_err(TlsError::ClientCertificate)?;
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()])?;
        // Terraform takes the certificate for the root that it must chain to.
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.key_usages = vec![
            rcgen::KeyUsagePurpose::DigitalSignature,
            rcgen::KeyUsagePurpose::KeyCertSign,
        ];
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        let own = params.self_signed(&key)?;

        let crypto = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Pinned {
            certificate: client,
            crypto: crypto.clone(),
        };
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(crypto)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_single_cert(vec![own.der().clone()], private)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        // A provider has one client and one connection: nothing is resumed.
        config.send_tls13_tickets = 0;
        Ok(Self {
            config: Arc::new(config),
            certificate: own.der().to_vec(),
        })
    }
}

/// Accepts one certificate, byte for byte. Chains and names do not matter: go-plugin's certificate signs
/// itself and calls itself a CA, which the usual check refuses for an end entity.
#[derive(Debug)]
struct Pinned {
    certificate: CertificateDer<'static>,
    crypto: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if end_entity.as_ref() == self.certificate.as_ref() {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.2 is not offered".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if dss.scheme == SignatureScheme::ECDSA_NISTP521_SHA512 {
            verify_tls13_signature(message, cert, dss, &P521_ONLY)
        } else {
            verify_tls13_signature(message, cert, dss, &self.crypto.signature_verification_algorithms)
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = vec![SignatureScheme::ECDSA_NISTP521_SHA512];
        schemes.extend(self.crypto.signature_verification_algorithms.supported_schemes());
        schemes
    }
}

/// ECDSA over P-521 with SHA-512, which go-plugin's client certificate uses and ring lacks.
#[derive(Debug)]
struct P521;

static P521_ONLY: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[&P521],
    mapping: &[(SignatureScheme::ECDSA_NISTP521_SHA512, &[&P521])],
};

impl SignatureVerificationAlgorithm for P521 {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        use p521::ecdsa::{Signature, VerifyingKey, signature::Verifier};
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}
