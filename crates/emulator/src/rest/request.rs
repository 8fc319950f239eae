//! A request to REST v2 as it was sent: method, path, query, body.

use serde_json::{Map, Value, json};

use super::routes::Route;
use crate::wire::{
    log::Envelope,
    summary::{Call, Summary},
};

/// A request to REST v2.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path there is, if there is one.
    pub(crate) route: Option<Route>,
    path: String,
    query: Vec<(String, String)>,
    /// The body as JSON, or why it is none.
    pub(crate) body: Result<Value, String>,
}

impl Request {
    /// Reads a request.
    pub(crate) fn read(envelope: &Envelope) -> Self {
        let (path, query) = envelope.uri.split_once('?').unwrap_or((&envelope.uri, ""));
        let segments: Vec<String> = path.split('/').skip(1).map(decoded).collect();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (
                decoded(&name.replace('+', " ")),
                decoded(&value.replace('+', " ")),
            )
        };
        Self {
            method: envelope.method.clone(),
            route: Route::find(&segments),
            path: path.to_owned(),
            query: pairs.map(pair).collect(),
            body: serde_json::from_slice(&envelope.body).map_err(|error| error.to_string()),
        }
    }

    /// The value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The items of a query parameter that is a list with commas, or given several times.
    pub(crate) fn items(&self, name: &str) -> Vec<&str> {
        let values = self.query.iter().filter(|(key, _)| key == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .collect()
    }

    /// What it asks for, for the log and for faults.
    pub(crate) fn summary(&self) -> Summary {
        let path = self.route.as_ref().map_or(self.path.as_str(), |route| route.path);
        let field = format!("{} {path}", self.method);
        let mut arguments = Map::new();
        if let Some(id) = self.route.as_ref().and_then(|route| route.id.clone()) {
            arguments.insert("id".into(), json!(id));
        }
        if let Ok(body) = &self.body {
            arguments.insert("input".into(), body.clone());
        }
        Summary {
            operation_name: None,
            calls: vec![Call {
                key: field.clone(),
                field,
                arguments: Value::Object(arguments),
                children: Vec::new(),
            }],
        }
    }
}

/// A text with its percent signs decoded; what is none of them stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_queries_are_decoded() {
        let request = Request::read(&Envelope {
            method: "GET".into(),
            uri: "/v2/catalog/gpus/NVIDIA%20L4?product=POD,SERVERLESS&product=CLUSTER&x=a+b%2".into(),
            ..Envelope::default()
        });
        let id = request.route.as_ref().and_then(|route| route.id.as_deref());
        assert_eq!(id, Some("NVIDIA L4"));
        assert_eq!(request.items("product"), ["POD", "SERVERLESS", "CLUSTER"]);
        assert_eq!(request.query("x"), Some("a b%2"));
    }
}
