//! TLS and HTTP/2 to a provider, as go-plugin's client has them.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use base64::Engine;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tonic::body::Body;

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

    pub fn pem(&self) -> String {
        let der = base64::engine::general_purpose::STANDARD.encode(self.certificate.der());
        format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")
    }
}

/// TLS with a server that has exactly this certificate, base64 of DER.
pub fn tls(server: &str, caller: Option<&Caller>) -> tokio_rustls::TlsConnector {
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

impl Http {
    /// Speaks over `stream`, until this and its clones are dropped.
    pub async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Option<Self> {
        let (send, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(16 << 20)
            .initial_connection_window_size(16 << 20)
            .handshake(TokioIo::new(stream))
            .await
            .ok()?;
        tokio::spawn(connection);
        Some(Self(send))
    }
}

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
