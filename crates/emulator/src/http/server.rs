//! The HTTP server: loopback connections, the emulated APIs, and the admin routes beside them.

use std::{io, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, header},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tower::ServiceExt;

use super::{admin, dispatch::dispatch};
use crate::{
    wire::{
        answer::{Answer, Closed},
        log::{ApiKind, Envelope},
    },
    world::World,
};

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 17 * 1024 * 1024;

/// Serves connections until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, world: Arc<World>) -> io::Result<()> {
    let admin = admin::routes(Arc::clone(&world));
    loop {
        let (stream, _) = listener.accept().await?;
        let (world, admin) = (Arc::clone(&world), admin.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| route(request, Arc::clone(&world), admin.clone()));
            // A connection that breaks is the client's affair, or a fault at work.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn route(
    request: Request<Incoming>,
    world: Arc<World>,
    admin: Router,
) -> Result<Response<Body>, Closed> {
    if request.uri().path().starts_with("/_emulator") {
        return Ok(admin.oneshot(request.map(Body::new)).await?);
    }
    let text = |name: header::HeaderName| {
        let value = request.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let mut envelope = Envelope {
        method: request.method().to_string(),
        uri: request.uri().to_string(),
        user_agent: text(header::USER_AGENT),
        authorization: text(header::AUTHORIZATION),
        content_type: text(header::CONTENT_TYPE),
        body: Vec::new(),
    };
    if envelope.api() == ApiKind::None {
        return Answer::text(404, "The APIs are at /graphql, /v2 and /jobs.").into_response();
    }
    let body = axum::body::to_bytes(Body::new(request.into_body()), BODY_LIMIT)
        .await
        .map_err(|_| Closed)?;
    envelope.body = body.to_vec();
    // On a task of its own: a request that has arrived runs even when its client hangs up.
    let answer = tokio::spawn(dispatch(world, envelope))
        .await
        .map_err(|_| Closed)?;
    answer.into_response()
}
