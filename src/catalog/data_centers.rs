//! `runpod_data_centers`.

use async_trait::async_trait;
use runpod::{Call, Error};

use super::{Catalog, field, list, row};
use crate::managed::{
    attribute::{Field, Type},
    connection::Client,
    value::{Attributes, boolean, text},
};

/// Data centres.
pub struct DataCenters;

#[async_trait]
impl Catalog for DataCenters {
    const TYPE: &'static str = "runpod_data_centers";
    const DESCRIPTION: &'static str =
        "The data centres that Runpod has, and what each offers. Needs REST v2.";
    const FIELDS: &'static [Field] = &[
        field("id", Type::Text, "Id of the data centre, such as `EU-RO-1`."),
        field("name", Type::Text, "Its name."),
        field(
            "region",
            Type::Text,
            "The part of the world: `EUROPE`, `NORTH_AMERICA` and so on.",
        ),
        field(
            "global_network",
            Type::Bool,
            "Whether it is on Runpod's global network.",
        ),
        field(
            "network_volume_types",
            Type::List,
            "Kinds of network volumes that it has; empty where it has none.",
        ),
        field("compliance", Type::List, "Standards that it complies with."),
    ];

    async fn rows(client: &Client, call: &Call, _: Option<&str>) -> Result<Vec<Attributes>, Error> {
        let centers = client.runpod.catalog().data_centers(call).await?;
        let rows = centers.iter().map(|center| {
            row([
                ("id", text(Some(center.id.as_str()))),
                ("name", text(Some(center.name.as_str()))),
                ("region", text(center.region.as_deref())),
                ("global_network", boolean(center.global_network)),
                ("network_volume_types", list(&center.network_volume_types)),
                ("compliance", list(&center.compliance)),
            ])
        });
        Ok(rows.collect())
    }
}
