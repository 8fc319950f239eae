//! `runpod_gpu_types`.

use async_trait::async_trait;
use runpod::{Call, Error, catalog::Product};

use super::{Catalog, field, list, row};
use crate::managed::{
    attribute::{Field, Type},
    connection::Client,
    value::{Attributes, decimal, integer, text},
};

/// GPU types.
pub struct GpuTypes;

#[async_trait]
impl Catalog for GpuTypes {
    const TYPE: &'static str = "runpod_gpu_types";
    const DESCRIPTION: &'static str = "The GPU types that Runpod has, with their pools and prices (USD an hour for one GPU), and \
                                       with `product` what is in stock. Needs REST v2.";
    const FIELDS: &'static [Field] = &[
        field(
            "id",
            Type::Text,
            "Id of the type, such as `NVIDIA RTX A4500`, as exclusions in `gpu_ids` name it.",
        ),
        field("name", Type::Text, "Its name as the console shows it."),
        field(
            "pool",
            Type::Text,
            "The pool that it is in, as `gpu_ids` names it; null where it is in none.",
        ),
        field("manufacturer", Type::Text, "`NVIDIA` or `AMD`."),
        field("memory", Type::Decimal, "Its memory in GB."),
        field(
            "price_serverless",
            Type::Decimal,
            "Price of a serverless worker; null where the account has none of it.",
        ),
        field(
            "price_secure",
            Type::Decimal,
            "Price of a pod in the secure cloud.",
        ),
        field(
            "price_community",
            Type::Decimal,
            "Price of a pod in the community cloud.",
        ),
        field(
            "stock",
            Type::Text,
            "`NONE`, `LOW`, `MEDIUM` or `HIGH`, with `product`; else null.",
        ),
        field(
            "data_center_ids",
            Type::List,
            "Ids of the data centres that have it in stock, with `product`.",
        ),
    ];
    const HAS_PRODUCT: bool = true;

    async fn rows(client: &Client, call: &Call, product: Option<&str>) -> Result<Vec<Attributes>, Error> {
        let product = product.map(|product| match product {
            "POD" => Product::Pod,
            _ => Product::Serverless,
        });
        let types = client.runpod.catalog().gpu_types(call, product).await?;
        let rows = types.iter().map(|gpu| {
            row([
                ("id", text(Some(gpu.id.as_str()))),
                ("name", text(Some(gpu.name.as_str()))),
                ("pool", text(gpu.pool.as_deref())),
                ("manufacturer", text(gpu.manufacturer.as_deref())),
                ("memory", integer(gpu.memory)),
                ("price_serverless", decimal(gpu.price_serverless)),
                ("price_secure", decimal(gpu.price_secure)),
                ("price_community", decimal(gpu.price_community)),
                ("stock", text(gpu.stock.as_deref())),
                ("data_center_ids", list(&gpu.data_center_ids)),
            ])
        });
        Ok(rows.collect())
    }
}
