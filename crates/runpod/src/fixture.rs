//! A server whose answers are scripted, for the tests of the REST dialect.
#![allow(clippy::unwrap_used)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

use crate::{Call, Settings, transport::Transport};

/// A key that nothing may show.
pub const KEY: &str = "rpa_FIXTURE0SECRET0KEY";

/// One answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    status: u16,
    headers: String,
    body: String,
}

impl Answer {
    /// An answer of this status with this JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, body.to_string())
    }

    /// An answer of this status with this text.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: String::new(),
            body: body.into(),
        }
    }

    /// A problem body with this detail.
    pub fn problem(status: u16, detail: &str) -> Self {
        Self::json(
            status,
            &serde_json::json!({"title": "Problem", "status": status, "detail": detail}),
        )
    }

    /// The same with another header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }
}

/// One request as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Came {
    /// Method and path with the query, such as `GET /v2/serverless?limit=1000`.
    pub line: String,
    /// The headers in lower case.
    pub headers: String,
    /// The body; null where there was none.
    pub body: Value,
}

/// The server: it gives the answers in their order, and the last of them again and again.
pub struct Fixture {
    pub url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Fixture {
    /// Serves until the test ends.
    pub async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v2", listener.local_addr().unwrap());
        let came = Arc::new(Mutex::new(Vec::new()));
        let answers: Arc<Mutex<VecDeque<Answer>>> = Arc::new(Mutex::new(answers.into_iter().collect()));
        let noted = came.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = serve(stream, &noted, &answers).await;
            }
        });
        Self { url, came }
    }

    /// What came, in order.
    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// Methods and paths of what came.
    pub fn lines(&self) -> Vec<String> {
        self.came().into_iter().map(|came| came.line).collect()
    }

    /// Settings for a client of this server.
    pub fn settings(&self, max_retries: u32) -> Settings {
        Settings {
            graphql_url: self.url.parse().unwrap(),
            rest_url: self.url.parse().unwrap(),
            jobs_url: self.url.parse().unwrap(),
            key: KEY.into(),
            user_agent: "terraform-provider-runpod/0.0.0 (+terraform 1.0.0)".to_owned(),
            request_timeout: Duration::from_secs(30),
            max_retries,
        }
    }

    /// REST v2 on this server; what is tried again is so at once.
    pub fn rest(&self, max_retries: u32) -> super::rest::Rest {
        let settings = self.settings(max_retries);
        let transport = Transport::with_base(&settings, Duration::from_millis(1)).unwrap();
        super::rest::Rest::new(Arc::new(transport), settings.rest_url)
    }
}

pub fn call() -> Call {
    Call::within(Duration::from_secs(60), CancellationToken::new())
}

async fn serve(
    mut stream: TcpStream,
    came: &Mutex<Vec<Came>>,
    answers: &Mutex<VecDeque<Answer>>,
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await?;
        if read == 0 {
            return Ok(());
        }
        bytes.extend(part.iter().take(read));
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let headers = head.to_lowercase();
            let length = headers
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            break (
                head.to_owned(),
                length.map_or(0, |length| length.parse().unwrap()),
            );
        }
    };
    let all = head.len() + 4 + length;
    while bytes.len() < all {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await?;
        bytes.extend(part.iter().take(read));
    }
    let body = bytes.split_off(head.len() + 4);
    let (line, headers) = head.split_once("\r\n").unwrap();
    came.lock().unwrap().push(Came {
        line: line.trim_end_matches(" HTTP/1.1").to_owned(),
        headers: headers.to_lowercase(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let answer = {
        let mut answers = answers.lock().unwrap();
        match answers.len() {
            0 => Answer::text(500, ""),
            1 => answers.front().cloned().unwrap(),
            _ => answers.pop_front().unwrap(),
        }
    };
    let text = format!(
        "HTTP/1.1 {} X\r\n{}content-length: {}\r\nconnection: close\r\n\r\n{}",
        answer.status,
        answer.headers,
        answer.body.len(),
        answer.body
    );
    stream.write_all(text.as_bytes()).await
}
