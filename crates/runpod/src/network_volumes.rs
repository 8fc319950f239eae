//! Network volumes (V2 5.2): storage in one data centre, which workers mount.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, Api, KnownRefusal, Object, Operation, Refusal,
    asked::{Asked, without_nulls},
    rest::collection::{Noun, RestCollection},
};

/// The refusals of writes to network volumes that are known; whether names must be unique is not (V2 10.12).
pub const REFUSALS: &[KnownRefusal] = &[KnownRefusal {
    says: &["must be unique"],
    means: Refusal::NAME_TAKEN,
}];

/// The network volumes of an account.
pub type NetworkVolumes = RestCollection<NetworkVolumeNoun>;

/// A network volume as a read shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkVolume {
    /// Ten letters and digits.
    pub id: String,
    /// Names are not unique.
    pub name: String,
    /// GB, 10 to 4096.
    pub size: i64,
    /// Where it is.
    #[serde(rename = "dataCenter")]
    pub data_center_id: String,
    /// `STANDARD` or `HIGH_PERFORMANCE`, or a word that the API has learnt since.
    #[serde(rename = "type", default)]
    pub kind: Option<String>,
}

impl Object for NetworkVolume {
    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn created_at(&self) -> Option<i64> {
        None
    }
}

/// What a create asks for, or what an update changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkVolumeWrite {
    /// Required at creation.
    pub name: Option<String>,
    /// GB; required at creation. The API refuses a smaller one than there is.
    pub size: Option<i64>,
    /// Required at creation, and only then.
    pub data_center_id: Option<String>,
    /// At creation alone; left out, the data centre's primary kind.
    pub kind: Option<String>,
}

/// Network volumes as a noun of REST v2.
pub struct NetworkVolumeNoun;

const fn operation(action: Action, name: &'static str, does: &'static str) -> Operation {
    Operation::new(Api::Rest, action, name, does).knowing(REFUSALS)
}

impl Noun for NetworkVolumeNoun {
    type Object = NetworkVolume;
    type Row = NetworkVolume;
    type Write = NetworkVolumeWrite;

    const NAME: &'static str = "network volume";
    const PATH: &'static [&'static str] = &["network-volumes"];
    const FIELD: &'static str = "networkVolumes";
    const HAS_PAGES: bool = false;
    const LIST: Operation = operation(
        Action::List,
        "GET /v2/network-volumes",
        "list the account's network volumes",
    );
    const READ: Operation = operation(
        Action::Read,
        "GET /v2/network-volumes/{id}",
        "read the network volume",
    );
    const CREATE: Operation = operation(
        Action::Create,
        "POST /v2/network-volumes",
        "create the network volume",
    );
    const UPDATE: Operation = operation(
        Action::Update,
        "PATCH /v2/network-volumes/{id}",
        "update the network volume",
    );
    const DELETE: Operation = operation(
        Action::Delete,
        "DELETE /v2/network-volumes/{id}",
        "delete the network volume",
    );

    fn create(write: &NetworkVolumeWrite) -> Value {
        without_nulls(json!({
            "name": write.name, "size": write.size, "dataCenter": write.data_center_id, "type": write.kind,
        }))
    }

    fn update(fresh: &NetworkVolume, write: &NetworkVolumeWrite) -> Map<String, Value> {
        let mut body = Map::new();
        if let Some(name) = write.name.as_ref().filter(|name| **name != fresh.name) {
            body.insert("name".to_owned(), json!(name));
        }
        if let Some(size) = write.size.filter(|size| *size != fresh.size) {
            body.insert("size".to_owned(), json!(size));
        }
        body
    }

    fn hidden(_: &NetworkVolumeWrite) -> Vec<String> {
        Vec::new()
    }

    const ASKED: &'static [Asked<NetworkVolumeWrite, NetworkVolume>] = &[
        Asked {
            name: "name",
            asked: |write| json!(write.name),
            has: |asked, volume| *asked == json!(volume.name),
        },
        Asked {
            name: "size",
            asked: |write| json!(write.size),
            has: |asked, volume| *asked == json!(volume.size),
        },
        Asked {
            name: "dataCenter",
            asked: |write| json!(write.data_center_id),
            has: |asked, volume| *asked == json!(volume.data_center_id),
        },
        Asked {
            name: "type",
            asked: |write| json!(write.kind),
            has: |asked, volume| volume.kind.as_ref().is_none_or(|kind| *asked == json!(kind)),
        },
    ];
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::asked;
    use serde_json::from_value;

    #[test]
    fn an_update_sends_what_differs_and_what_can_change() {
        let row = json!({"id": "agv6w2qcg7", "name": "data", "size": 50, "dataCenter": "EU-RO-1", "type": "STANDARD"});
        let fresh: NetworkVolume = from_value(row).unwrap();
        let write = NetworkVolumeWrite {
            name: Some("data".to_owned()),
            size: Some(60),
            data_center_id: Some("EU-RO-1".to_owned()),
            kind: None,
        };
        assert_eq!(
            Value::Object(NetworkVolumeNoun::update(&fresh, &write)),
            json!({"size": 60})
        );
        assert_eq!(
            NetworkVolumeNoun::create(&write),
            json!({"name": "data", "size": 60, "dataCenter": "EU-RO-1"})
        );
        let asked = asked::asked(NetworkVolumeNoun::ASKED, &write);
        assert!(!asked::is_as_asked(NetworkVolumeNoun::ASKED, &asked, &fresh));
        assert!(asked::is_as_asked(
            NetworkVolumeNoun::ASKED,
            &asked,
            &NetworkVolume { size: 60, ..fresh }
        ));
    }
}
