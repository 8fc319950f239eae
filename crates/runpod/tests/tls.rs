//! A server whose certificate nobody vouches for is told as such, and not asked again.
#![allow(clippy::unwrap_used)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use runpod::{Api, Call, Client, Kind, Settings};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_told_after_one_attempt() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}/graphql",
        listener.local_addr().unwrap().port()
    );
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = acceptor.accept(stream).await;
        }
    });
    let client = Client::new(Settings {
        graphql_url: url.parse().unwrap(),
        rest_url: url.parse().unwrap(),
        jobs_url: url.parse().unwrap(),
        key: "rpa_1".into(),
        user_agent: "terraform-provider-runpod/0.0.0 (+terraform 1.0.0)".to_owned(),
        request_timeout: Duration::from_secs(30),
        max_retries: 4,
    })
    .unwrap();
    let call = Call::within(Duration::from_secs(60), CancellationToken::new());
    for api in [Api::GraphQl, Api::Rest] {
        let failure = client.endpoints(api).list(&call).await.unwrap_err();
        assert_eq!((failure.kind, failure.attempts), (Kind::Tls, 1));
        assert!(
            failure.message.contains("certificate is not trusted"),
            "{}",
            failure.message
        );
    }
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}
