//! The whole process: from the command line to its end.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::{
    Plugin,
    command_line::{About, CommandLine},
    go_plugin::{
        self,
        grpc_controller_server::{GrpcController, GrpcControllerServer},
    },
    handshake::{HandshakeError, HandshakeRequest},
    lifecycle::{Lifecycle, Shutdown, Timeouts},
    listener::Listener,
    operation::guarded,
    rpc::Service,
    signals::Signals,
    stop::Stop,
    tls::ServerTls,
    wire::provider_server::ProviderServer,
};

/// The largest message either way; Go providers have the same limit.
const MAX_MESSAGE: usize = 256 << 20;

/// How much may be under way before the receiver says that it has read it.
const WINDOW: u32 = 4 << 20;

/// How long the last answers may take to reach Terraform.
const FLUSH: Duration = Duration::from_millis(250);

/// Runs a provider's process, as Terraform or somebody else starts it: what `main` returns.
///
/// Started by Terraform, it shakes hands as go-plugin does (protocol 6.11, on a unix socket where there are such
/// things, under TLS that only that Terraform can speak), serves until Terraform has had enough of it or is gone,
/// and answers success. Started by hand it explains itself and fails, but for `--help` and `--version`; with `--debug` it serves any Terraform of
/// the same user until Ctrl-C.
///
/// `make` makes the provider, after the handshake. Its [`Stop`] says when work should stop.
pub fn run<P: Plugin>(about: About, make: impl FnOnce(Stop) -> P) -> ExitCode {
    run_with_timeouts(about, Timeouts::default(), make)
}

/// [`run`] with waits of one's own.
pub fn run_with_timeouts<P: Plugin>(
    about: About,
    timeouts: Timeouts,
    make: impl FnOnce(Stop) -> P,
) -> ExitCode {
    let debug = match CommandLine::of(std::env::args_os().skip(1)) {
        CommandLine::Serve => false,
        CommandLine::Debug => true,
        CommandLine::Help => {
            print(&about.usage());
            return ExitCode::SUCCESS;
        }
        CommandLine::Version => {
            print(&format!("{}\n", about.title()));
            return ExitCode::SUCCESS;
        }
        CommandLine::Unknown(argument) => {
            eprint!(
                "{}: there is no option {argument:?}\n\n{}",
                about.name,
                about.usage()
            );
            return ExitCode::FAILURE;
        }
    };
    let request = if debug {
        HandshakeRequest::default()
    } else {
        match HandshakeRequest::from_env() {
            Ok(request) => request,
            Err(HandshakeError::NotTerraform) => {
                eprint!("{}", about.usage());
                return ExitCode::FAILURE;
            }
            Err(HandshakeError::OtherProtocol(offered)) => {
                eprintln!(
                    "{} speaks protocol 6 of Terraform's plugins, and was offered {offered:?}. Terraform 1.0 and \
                     newer speak it.",
                    about.title(),
                );
                return ExitCode::FAILURE;
            }
        }
    };
    match start(&about, &timeouts, request, debug, make) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", about.title());
            ExitCode::FAILURE
        }
    }
}

fn start<P: Plugin>(
    about: &About,
    timeouts: &Timeouts,
    request: HandshakeRequest,
    debug: bool,
    make: impl FnOnce(Stop) -> P,
) -> Result<(), Box<dyn std::error::Error>> {
    // Two threads: an operation that blocks its thread does not keep the others from being answered.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let result = runtime.block_on(serve(about, timeouts, request, debug, make));
    // Whatever is still running has had its time.
    runtime.shutdown_background();
    result
}

async fn serve<P: Plugin>(
    about: &About,
    timeouts: &Timeouts,
    request: HandshakeRequest,
    debug: bool,
    make: impl FnOnce(Stop) -> P,
) -> Result<(), Box<dyn std::error::Error>> {
    // Before anybody can know of the process, or it could be interrupted.
    let mut signals = Signals::listen()?;
    let tls = request
        .client_cert
        .as_deref()
        .map(ServerTls::for_client)
        .transpose()?;
    let mut listener = open(&request, debug).await?;
    // Held here, for tasks are not sure to be dropped before the process ends.
    let _socket = listener.dir.take();
    if tls.is_none() && !listener.is_private() {
        return Err(
            "without TLS (TF_DISABLE_PLUGIN_TLS) it serves on a unix socket alone, which other users \
                    cannot open: on TCP anybody could give it orders"
                .into(),
        );
    }
    let address = listener.address.clone();

    let stop = Stop::new();
    let lifecycle = Lifecycle::new(stop.clone(), debug);
    let certificate = tls
        .as_ref()
        .map(|tls| tls.certificate.as_slice())
        .unwrap_or_default();
    let line = if debug {
        address.reattach(&about.full_address())
    } else {
        address.line(certificate)
    };
    let tls = tls.map(|tls| TlsAcceptor::from(tls.config));
    let incoming = listener.accept(tls, lifecycle.clone());
    print(&format!("{line}\n"));
    if debug {
        eprintln!(
            "{} serves until Ctrl-C. Terraform finds it with the above in its environment.",
            about.title()
        );
    }

    let provider = Arc::new(make(stop));
    let leave = CancellationToken::new();
    let service = ProviderServer::new(Service::new(provider.clone(), lifecycle.clone()))
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    let server = tonic::transport::Server::builder()
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        // StopProvider must get through however many operations there are.
        .max_concurrent_streams(u32::MAX)
        .add_service(GrpcControllerServer::new(Controller(lifecycle.clone())))
        .add_service(service)
        .serve_with_incoming_shutdown(incoming, leave.clone().cancelled_owned());
    let mut server = tokio::spawn(server);

    let shutdown = lifecycle.until_over(timeouts, &mut signals).await;
    leave.cancel();
    // Answers that are ready get out.
    let _ = tokio::time::timeout(FLUSH, &mut server).await;
    notify_shutdown(&*provider, &shutdown);
    Ok(())
}

/// Opens a unix socket, or TCP where that is wanted or there is no other way.
async fn open(request: &HandshakeRequest, debug: bool) -> io::Result<Listener> {
    if !request.tcp {
        match Listener::unix(request.socket_dir.as_deref()) {
            Ok(listener) => return Ok(listener),
            Err(error) if debug => return Err(error),
            Err(error) => tracing::debug!(%error, "no unix socket, so TCP"),
        }
    }
    Listener::tcp(request.ports.clone()).await
}

/// Tells the provider of the end; its panic changes nothing any more.
fn notify_shutdown<P: Plugin>(provider: &P, shutdown: &Shutdown) {
    let _ = guarded(|| provider.on_shutdown(shutdown));
}

/// Prints to stdout. If nobody reads it, there is nobody to tell.
fn print(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// go-plugin's own service, as far as it is needed.
struct Controller(Arc<Lifecycle>);

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<go_plugin::Empty>) -> Result<Response<go_plugin::Empty>, Status> {
        self.0.ask_shutdown();
        Ok(Response::new(go_plugin::Empty {}))
    }
}
