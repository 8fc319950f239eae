//! Where Terraform connects: a unix socket that only its owner can reach, or TCP on the loopback.

use std::{
    io,
    net::Ipv4Addr,
    ops::RangeInclusive,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::Connected;

use super::{
    handshake::Address,
    lifecycle::{Counted, Lifecycle},
};

/// How long a client may take over its TLS handshake.
const TLS_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait when the system cannot give another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A place to connect to, not accepting yet.
pub(crate) struct Listener {
    kind: Kind,
    pub address: Address,
    /// Where the socket is; dropping it removes both.
    pub dir: Option<tempfile::TempDir>,
}

enum Kind {
    Tcp(TcpListener),
    /// With the user that owns the socket.
    #[cfg(unix)]
    Unix(UnixListener, u32),
}

impl Listener {
    /// Opens a unix socket in a fresh directory that only its owner may enter, below `dir` or where temporary
    /// files go. Fails where there is no such thing, and where the path is too long for a socket.
    #[cfg(unix)]
    pub(crate) fn unix(dir: Option<&Path>) -> io::Result<Self> {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let temp = std::env::temp_dir();
        let dir = tempfile::Builder::new()
            .prefix("tf-plugin-")
            .permissions(std::fs::Permissions::from_mode(0o700))
            .tempdir_in(dir.unwrap_or(&temp))?;
        let owner = std::fs::metadata(dir.path())?.uid();
        let path = dir.path().join("socket");
        let address = path.to_str().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        let listener = UnixListener::bind(&path)?;
        Ok(Self {
            kind: Kind::Unix(listener, owner),
            address: Address {
                network: "unix",
                address,
            },
            dir: Some(dir),
        })
    }

    /// There are no unix sockets here.
    #[cfg(not(unix))]
    pub(crate) fn unix(_dir: Option<&Path>) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Listens on the loopback, on the first free port of `ports`, or on any.
    pub(crate) async fn tcp(ports: Option<RangeInclusive<u16>>) -> io::Result<Self> {
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for port in ports.unwrap_or(0..=0) {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                Ok(listener) => {
                    let address = listener.local_addr()?.to_string();
                    return Ok(Self {
                        kind: Kind::Tcp(listener),
                        address: Address {
                            network: "tcp",
                            address,
                        },
                        dir: None,
                    });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Whether the system itself keeps other users out.
    pub(crate) fn is_private(&self) -> bool {
        self.address.network == "unix"
    }

    /// Begins to accept; gives the connections that may talk to the provider. Without `tls`, those are the ones
    /// of the socket's own user.
    pub(crate) fn accept(
        self,
        tls: Option<TlsAcceptor>,
        lifecycle: Arc<Lifecycle>,
    ) -> ReceiverStream<io::Result<Connection>> {
        let (sender, receiver) = tokio::sync::mpsc::channel(16);
        tokio::spawn(async move {
            while !sender.is_closed() {
                let socket = match self.next().await {
                    Ok(socket) => socket,
                    Err(error) => {
                        tracing::warn!(%error, "refused a connection");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                        continue;
                    }
                };
                let (sender, tls, lifecycle) = (sender.clone(), tls.clone(), lifecycle.clone());
                // A client that dawdles over TLS keeps nobody waiting.
                tokio::spawn(async move {
                    match socket.secure(tls).await {
                        Ok(stream) => {
                            let connection = Connection {
                                stream,
                                _count: lifecycle.connected(),
                            };
                            // Nobody listens any more once the server is leaving.
                            let _ = sender.send(Ok(connection)).await;
                        }
                        Err(error) => tracing::warn!(%error, "refused a connection"),
                    }
                });
            }
        });
        ReceiverStream::new(receiver)
    }

    async fn next(&self) -> io::Result<Socket> {
        match &self.kind {
            Kind::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Without it an answer that spans packets waits for the other side's delayed acknowledgement.
                stream.set_nodelay(true)?;
                Ok(Socket::Tcp(stream))
            }
            #[cfg(unix)]
            Kind::Unix(listener, owner) => {
                let (stream, _) = listener.accept().await?;
                let peer = stream.peer_cred()?.uid();
                Ok(Socket::Unix(stream, peer == *owner || peer == 0))
            }
        }
    }
}

enum Socket {
    Tcp(TcpStream),
    /// With whether the client is the socket's own user (or root, whom nothing keeps out).
    #[cfg(unix)]
    Unix(UnixStream, bool),
}

impl Socket {
    async fn secure(self, tls: Option<TlsAcceptor>) -> io::Result<Stream> {
        match (self, tls) {
            (Self::Tcp(stream), Some(tls)) => Ok(Stream::TcpTls(Box::new(within(tls.accept(stream)).await?))),
            (Self::Tcp(_), None) => Err(io::Error::other("TCP without TLS")),
            #[cfg(unix)]
            (Self::Unix(stream, _), Some(tls)) => {
                Ok(Stream::UnixTls(Box::new(within(tls.accept(stream)).await?)))
            }
            #[cfg(unix)]
            (Self::Unix(stream, true), None) => Ok(Stream::Unix(stream)),
            #[cfg(unix)]
            (Self::Unix(_, false), None) => Err(io::Error::other("another user")),
        }
    }
}

async fn within<T>(handshake: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(TLS_TIMEOUT, handshake).await?
}

/// A client that may talk to the provider.
pub(crate) struct Connection {
    stream: Stream,
    _count: Counted,
}

enum Stream {
    TcpTls(Box<TlsStream<TcpStream>>),
    #[cfg(unix)]
    Unix(UnixStream),
    #[cfg(unix)]
    UnixTls(Box<TlsStream<UnixStream>>),
}

/// Does the same with whichever stream it is.
macro_rules! forward {
    ($connection:expr, $stream:ident => $body:expr) => {
        match &mut $connection.get_mut().stream {
            Stream::TcpTls(stream) => {
                let $stream = Pin::new(stream.as_mut());
                $body
            }
            #[cfg(unix)]
            Stream::Unix(stream) => {
                let $stream = Pin::new(stream);
                $body
            }
            #[cfg(unix)]
            Stream::UnixTls(stream) => {
                let $stream = Pin::new(stream.as_mut());
                $body
            }
        }
    };
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        forward!(self, stream => stream.poll_read(context, buffer))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        forward!(self, stream => stream.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self, stream => stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        forward!(self, stream => stream.poll_shutdown(context))
    }
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}
