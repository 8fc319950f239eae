//! `runpod_cpu_types`.

use async_trait::async_trait;
use runpod::{Call, Error};

use super::{Catalog, field, row};
use crate::managed::{
    attribute::{Field, Type},
    connection::Client,
    value::{Attributes, decimal, integer, text},
};

/// Flavours of CPU instances.
pub struct CpuTypes;

#[async_trait]
impl Catalog for CpuTypes {
    const TYPE: &'static str = "runpod_cpu_types";
    const DESCRIPTION: &'static str = "The flavours of CPU instances that Runpod has, with their sizes and prices (USD an hour for \
                                       one vCPU). An instance id is `<id>-<vCPUs>-<GB of memory>`. Needs REST v2.";
    const FIELDS: &'static [Field] = &[
        field("id", Type::Text, "Id of the flavour, such as `cpu3c`."),
        field("name", Type::Text, "Its name as the console shows it."),
        field("group", Type::Text, "The group of flavours that it belongs to."),
        field("vcpu_min", Type::Decimal, "Fewest vCPUs of an instance."),
        field("vcpu_max", Type::Decimal, "Most vCPUs of an instance."),
        field("ram_gb_per_vcpu", Type::Decimal, "Memory in GB for each vCPU."),
        field(
            "price_serverless_per_vcpu",
            Type::Decimal,
            "Price of a vCPU of a serverless worker.",
        ),
        field(
            "price_secure_per_vcpu",
            Type::Decimal,
            "Price of a vCPU of a pod.",
        ),
    ];

    async fn rows(client: &Client, call: &Call, _: Option<&str>) -> Result<Vec<Attributes>, Error> {
        let types = client.runpod.catalog().cpu_types(call).await?;
        let rows = types.iter().map(|cpu| {
            row([
                ("id", text(Some(cpu.id.as_str()))),
                ("name", text(Some(cpu.name.as_str()))),
                ("group", text(cpu.group.as_deref())),
                ("vcpu_min", integer(cpu.vcpu_min)),
                ("vcpu_max", integer(cpu.vcpu_max)),
                ("ram_gb_per_vcpu", decimal(cpu.ram_gb_per_vcpu)),
                (
                    "price_serverless_per_vcpu",
                    decimal(cpu.price_serverless_per_vcpu),
                ),
                ("price_secure_per_vcpu", decimal(cpu.price_secure_per_vcpu)),
            ])
        });
        Ok(rows.collect())
    }
}
