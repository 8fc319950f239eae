//! An emulator and an HTTP client for it, so that a test says only what it is about.

use std::{ops::Deref, time::Duration};

use runpod_emulator::{Emulator, Options};
use serde_json::{Value, json};
use tokio::{runtime::Runtime, task::JoinHandle};

/// How long a test waits for what must happen at once.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The fields of an endpoint that most tests look at.
pub const FIELDS: &str = "id name templateId gpuIds gpuCount instanceIds computeType workersMin workersMax \
    workersStandby workersPFBTarget idleTimeout scalerType scalerValue locations networkVolumeId \
    networkVolumeIds { networkVolumeId dataCenterId } executionTimeoutMs requestTTL allowedCudaVersions \
    minCudaVersion flashBootType type env { key value } modelReferences compliance version \
    pods { desiredStatus }";

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// A value of `data` by its JSON pointer.
    pub fn data(&self, pointer: &str) -> Value {
        let body = self.json();
        assert_eq!(body.get("errors"), None, "{body}");
        body["data"]
            .pointer(pointer)
            .unwrap_or_else(|| panic!("no {pointer} in {body}"))
            .clone()
    }

    pub fn message(&self) -> String {
        self.json()["errors"][0]["message"]
            .as_str()
            .unwrap_or_else(|| panic!("{self:?}"))
            .to_owned()
    }

    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("{self:?}"))
            .to_owned()
    }
}

pub struct Client {
    pub emulator: Emulator,
    pub runtime: Runtime,
    pub http: reqwest::Client,
}

impl Deref for Client {
    type Target = Emulator;
    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

/// A client without a User-Agent.
pub fn http() -> reqwest::ClientBuilder {
    // Built with the provider, reqwest has no crypto of its own and insists on some, even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

impl Client {
    pub fn start() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let http = http().user_agent("emulator-tests/1.0").build().unwrap();
        Self {
            emulator: Emulator::with(options).unwrap(),
            runtime: runtime.unwrap(),
            http,
        }
    }

    pub fn request(&self, query: &str, variables: Value) -> reqwest::RequestBuilder {
        let body = json!({"query": query, "variables": variables}).to_string();
        let request = self
            .http
            .post(self.url())
            .header("content-type", "application/json")
            .body(body);
        request.bearer_auth(self.key())
    }

    /// Sends a request and gives the answer, or the error of a connection that broke.
    pub fn try_send(&self, request: reqwest::RequestBuilder) -> Result<Reply, reqwest::Error> {
        self.runtime.block_on(read(request))
    }

    pub fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        self.try_send(request).unwrap()
    }

    /// Sends a request in the background.
    pub fn begin(&self, request: reqwest::RequestBuilder) -> JoinHandle<Result<Reply, reqwest::Error>> {
        self.runtime.spawn(read(request))
    }

    pub fn end(&self, begun: JoinHandle<Result<Reply, reqwest::Error>>) -> Result<Reply, reqwest::Error> {
        self.runtime.block_on(begun).unwrap()
    }

    /// A request to REST v2; no body is none.
    pub fn rest_request(&self, method: &str, path: &str, body: &Value) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.rest_url());
        let request = self.http.request(method, url).bearer_auth(self.key());
        if body.is_null() {
            return request;
        }
        request
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    /// Asks REST v2.
    pub fn rest(&self, method: &str, path: &str, body: Value) -> Reply {
        self.send(self.rest_request(method, path, &body))
    }

    /// Asks REST v2 for something that must succeed with this status.
    pub fn done(&self, status: u16, method: &str, path: &str, body: Value) -> Value {
        let reply = self.rest(method, path, body);
        assert_eq!(reply.status, status, "{reply:?}");
        reply.json()
    }

    /// Creates an endpoint over REST v2 with these fields over the plain ones.
    pub fn made(&self, fields: Value) -> Value {
        self.done(201, "POST", "/serverless", rest_body(fields))
    }

    /// The status and the `detail` or `errors` of a refusal of REST v2.
    pub fn problem(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let reply = self.rest(method, path, body);
        let kind = reply.headers["content-type"].to_str().unwrap().to_owned();
        assert_eq!(kind, "application/problem+json", "{reply:?}");
        let body = reply.json();
        assert_eq!(body["status"], json!(reply.status), "{body}");
        assert!(body["title"].is_string(), "{body}");
        let told = body.get("errors").unwrap_or(&body["detail"]).clone();
        (reply.status, told)
    }

    pub fn query(&self, query: &str) -> Reply {
        self.send(self.request(query, json!({})))
    }

    pub fn save_request(&self, input: Value) -> reqwest::RequestBuilder {
        let query =
            format!("mutation S($input: EndpointInput!) {{ saveEndpoint(input: $input) {{ {FIELDS} }} }}");
        self.request(&query, json!({"input": input}))
    }

    pub fn try_save(&self, input: Value) -> Reply {
        self.send(self.save_request(input))
    }

    /// Saves an endpoint that must be accepted.
    pub fn save(&self, input: Value) -> Value {
        self.try_save(input).data("/saveEndpoint")
    }

    /// Saves a valid GPU endpoint with these fields over the plain ones.
    pub fn create(&self, fields: Value) -> Value {
        self.save(input(fields))
    }

    /// The message that a save of a valid GPU endpoint with these fields is refused with.
    pub fn refusal(&self, fields: Value) -> String {
        let reply = self.try_save(input(fields));
        assert_eq!(
            (reply.status, reply.json()["data"].is_null()),
            (200, true),
            "{reply:?}"
        );
        reply.message()
    }

    pub fn get(&self, id: &str) -> Reply {
        let query = format!("query($id: String!) {{ myself {{ endpoint(id: $id) {{ {FIELDS} }} }} }}");
        self.send(self.request(&query, json!({"id": id})))
    }

    pub fn listed(&self) -> Vec<String> {
        let list = self
            .query("{ myself { endpoints { id } } }")
            .data("/myself/endpoints");
        list.as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    }

    pub fn delete(&self, id: &str) -> Reply {
        self.send(self.request(
            "mutation($id: String!) { deleteEndpoint(id: $id) }",
            json!({"id": id}),
        ))
    }
}

/// The input of a valid GPU endpoint with these fields over the plain ones; null takes a field away.
pub fn input(fields: Value) -> Value {
    let mut input = json!({"name": "plain", "templateId": "xkhgg72fuo", "gpuIds": "AMPERE_16"});
    for (key, value) in fields.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

/// The body of a valid GPU endpoint for REST v2 with these fields over the plain ones; null takes one away.
pub fn rest_body(fields: Value) -> Value {
    let mut body = json!({
        "name": "plain", "image": "me/worker:1", "type": "QUEUE", "gpu": {"pools": ["AMPERE_16"], "count": 1},
        "scaling": {"type": "QUEUE_DELAY", "queueDelay": 4},
    });
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    let map = body.as_object_mut().unwrap();
    map.retain(|_, value| !value.is_null());
    body
}

async fn read(request: reqwest::RequestBuilder) -> Result<Reply, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Reply {
        status,
        headers,
        text: response.text().await?,
    })
}
