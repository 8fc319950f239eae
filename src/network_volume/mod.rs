//! `runpod_network_volume` and `runpod_network_volumes`: storage that workers mount.

use std::sync::Arc;

use async_trait::async_trait;
use runpod::{
    Api, Call,
    network_volumes::{NetworkVolume, NetworkVolumeWrite},
};
use tf_provider::{AttributePath, Diagnostics};

use crate::managed::{
    attribute::{Attribute, Mode, Rule, Type, invalid},
    connection::Client,
    messages,
    noun::{Calls, Noun, Plan},
    spelling::Spelling,
    value::{Attributes, integer, number, text, word},
};

/// Network volumes.
pub struct NetworkVolumeNoun;

const ROW: Attribute<NetworkVolume, NetworkVolumeWrite> = Attribute::ROW;

/// Every attribute but `id` and `timeouts`.
static ATTRIBUTES: [Attribute<NetworkVolume, NetworkVolumeWrite>; 4] = [
    Attribute {
        name: "name",
        mode: Mode::Required,
        description: "Name of the volume. Names need not be unique.",
        rule: Rule::NotEmpty,
        read: |volume| text(Some(volume.name.as_str())),
        write: |write, value| write.name = word(value),
        ..ROW
    },
    Attribute {
        name: "size",
        kind: Type::Number,
        mode: Mode::Required,
        description: "Size in GB, 10 to 4096. A volume can grow and never shrink: a smaller size is an error at plan.",
        rule: Rule::Between(10, 4096),
        read: |volume| integer(Some(volume.size)),
        write: |write, value| write.size = number(value),
        ..ROW
    },
    Attribute {
        name: "data_center_id",
        mode: Mode::Required,
        description: "Id of the data centre, such as `EU-RO-1`; `runpod_data_centers` tells which have volumes.",
        replaces: true,
        rule: Rule::NotEmpty,
        spelling: Spelling::Words,
        read: |volume| text(Some(volume.data_center_id.as_str())),
        write: |write, value| write.data_center_id = word(value),
        ..ROW
    },
    Attribute {
        name: "type",
        description: "Kind of storage: `STANDARD` or `HIGH_PERFORMANCE`.",
        left_out: "Left out, the data centre's own.",
        replaces: true,
        rule: Rule::OneOf(&["STANDARD", "HIGH_PERFORMANCE"]),
        spelling: Spelling::Words,
        read: |volume| text(volume.kind.as_deref()),
        write: |write, value| write.kind = word(value),
        ..ROW
    },
];

#[async_trait]
impl Noun for NetworkVolumeNoun {
    type Object = NetworkVolume;
    type Write = NetworkVolumeWrite;

    const TYPE: &'static str = "runpod_network_volume";
    const TYPES: &'static str = "runpod_network_volumes";
    const NOUN: &'static str = "network volume";
    const NOUNS: &'static str = "network volumes";
    const DESCRIPTION: &'static str = "A network volume: storage in one data centre that workers mount. It is billed from its \
                                       creation on. Needs REST v2.";
    const ID: &'static str = "Id of the volume, given by Runpod.";
    const MOVED_FROM: &'static [&'static str] = &["runpod_network_volume"];

    fn table() -> &'static [Attribute<NetworkVolume, NetworkVolumeWrite>] {
        &ATTRIBUTES
    }

    fn calls(client: &Client, _: &Attributes) -> Arc<Calls<Self>> {
        client.runpod.network_volumes()
    }

    async fn plan(diags: &mut Diagnostics, plan: &mut Plan<'_>) {
        let Some(prior) = plan.prior else { return };
        let is_replaced = ["data_center_id", "type"].iter().any(|name| plan.changes(name));
        if !is_replaced {
            not_smaller(diags, prior.integer("size"), plan.planned.integer("size"));
        }
    }

    async fn guard(
        diags: &mut Diagnostics,
        _: &Client,
        _: &Call,
        (_, planned): (&Attributes, &Attributes),
        fresh: &NetworkVolume,
        _: &mut NetworkVolumeWrite,
    ) {
        // It may have grown since the plan.
        not_smaller(diags, Some(fresh.size), planned.integer("size"));
    }

    async fn users(client: &Client, id: &str) -> Option<String> {
        let listing = client
            .runpod
            .endpoints(Api::Rest)
            .list(&Call::last_look())
            .await
            .ok()?;
        let users = listing.objects.iter();
        messages::users(
            "endpoints",
            "mount it",
            users.filter(|endpoint| endpoint.volume_ids().contains(&id)),
        )
    }
}

/// A smaller size is never sent, whatever the API would do with what is on the volume.
fn not_smaller(diags: &mut Diagnostics, is: Option<i64>, wanted: Option<i64>) {
    if let (Some(is), Some(wanted)) = (is, wanted)
        && wanted < is
    {
        let problem = format!(
            "a volume cannot shrink, and this one has {is} GB; set size to {is} or more (to destroy it as it is: terraform \
             destroy -refresh=false; to put an empty one in its place: terraform taint <address>, then apply, for -replace \
             plans the change of size first)"
        );
        invalid(
            diags,
            AttributePath::new("size"),
            "size",
            &problem,
            &wanted.to_string(),
        );
    }
}
