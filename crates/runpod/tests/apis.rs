//! Every noun against the emulator, whose account both APIs show.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use runpod::{
    Api, Call, Client, Collection, ContainerWrite, EndpointWrite, Env, Kind, NetworkVolumeWrite, Refusal,
    RegistryWrite, SecretWrite, Settings, TemplateWrite, catalog::Product,
};
use runpod_emulator::{Emulator, SAMPLE_TEMPLATE};
use tokio_util::sync::CancellationToken;

fn client(emulator: &Emulator) -> Client {
    Client::new(Settings {
        graphql_url: emulator.url().parse().unwrap(),
        rest_url: emulator.rest_url().parse().unwrap(),
        jobs_url: emulator.jobs_url().parse().unwrap(),
        key: emulator.key().into(),
        user_agent: "terraform-provider-runpod/0.0.0 (+terraform 1.0.0)".to_owned(),
        request_timeout: Duration::from_secs(30),
        max_retries: 0,
    })
    .unwrap()
}

fn call() -> Call {
    Call::within(Duration::from_secs(60), CancellationToken::new())
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn from_image() -> EndpointWrite {
    EndpointWrite {
        name: Some("sdxl".to_owned()),
        container: ContainerWrite {
            image: Some("runpod/worker:1".to_owned()),
            cmd: Some(texts(&["python", "handler.py"])),
            disk: Some(20),
            env: Some(Env::from([("HF_TOKEN", "hf_secret")])),
            ..ContainerWrite::default()
        },
        gpu_ids: Some(texts(&["AMPERE_16", "-NVIDIA RTX A4500"])),
        workers_max: Some(2),
        locations: Some(texts(&["EU-RO-1"])),
        flashboot: Some("FLASHBOOT".to_owned()),
        allowed_cuda_versions: Some(texts(&["12.4"])),
        ..EndpointWrite::default()
    }
}

#[tokio::test]
async fn an_endpoint_lives_from_create_to_delete_over_rest() {
    let emulator = Emulator::start();
    let endpoints = client(&emulator).endpoints(Api::Rest);
    let created = endpoints.create(&call(), &from_image()).await.unwrap();
    assert!(
        endpoints.is_as_asked(&endpoints.asked(&from_image()), &created),
        "{created:?}"
    );
    let fresh = endpoints.find(&call(), &created.id).await.unwrap().unwrap();
    assert_eq!(fresh, created);
    assert_eq!(
        endpoints.list(&call()).await.unwrap().objects,
        std::slice::from_ref(&created)
    );
    let sent = emulator.requests_for("PATCH /v2/serverless/{id}").len();
    let now = endpoints.update(&call(), &fresh, &from_image()).await.unwrap();
    assert_eq!(
        (&now, emulator.requests_for("PATCH /v2/serverless/{id}").len()),
        (&fresh, sent)
    );
    let change = EndpointWrite {
        gpu_ids: Some(texts(&["ADA_24"])),
        scaler_type: Some("REQUEST_COUNT".to_owned()),
        allowed_cuda_versions: Some(vec![]),
        min_cuda_version: Some("12.4".to_owned()),
        locations: Some(vec![]),
        container: ContainerWrite {
            cmd: Some(vec![]),
            args: Some("python other.py".to_owned()),
            ..ContainerWrite::default()
        },
        ..EndpointWrite::default()
    };
    let changed = endpoints.update(&call(), &fresh, &change).await.unwrap();
    assert_eq!(changed.gpu_ids, ["ADA_24"]);
    assert_eq!(changed.scaler_type.as_deref(), Some("REQUEST_COUNT"));
    assert_eq!((changed.idle_timeout, changed.locations.len()), (None, 0));
    assert_eq!(
        (changed.container.args.as_deref(), changed.container.is_in_lists),
        (Some("python other.py"), false)
    );
    assert_eq!(changed.container.env, fresh.container.env);
    assert_eq!(
        endpoints.find(&call(), &created.id).await.unwrap().unwrap(),
        changed
    );
    endpoints.workers(&call(), &created.id).await.unwrap();
    endpoints.rollout(&call(), &created.id).await.unwrap().unwrap();
    endpoints.delete(&call(), &created.id).await.unwrap();
    assert!(emulator.endpoints().is_empty());
    assert_eq!(endpoints.find(&call(), &created.id).await.unwrap(), None);
    endpoints.delete(&call(), &created.id).await.unwrap();
}

#[tokio::test]
async fn what_one_api_made_the_other_shows_and_changes_and_deletes() {
    let emulator = Emulator::start();
    let client = client(&emulator);
    let (graphql, rest) = (client.endpoints(Api::GraphQl), client.endpoints(Api::Rest));
    let made = rest.create(&call(), &from_image()).await.unwrap();
    let shown = graphql.find(&call(), &made.id).await.unwrap().unwrap();
    assert_eq!(
        (
            &shown.name,
            &shown.gpu_ids,
            &shown.locations,
            &shown.flashboot,
            shown.workers_max
        ),
        (
            &made.name,
            &made.gpu_ids,
            &made.locations,
            &made.flashboot,
            made.workers_max
        )
    );
    // Its template is its own.
    assert!(shown.template_is_own);
    assert!(
        graphql
            .get(&call(), &made.id)
            .await
            .unwrap()
            .unwrap()
            .template_is_own
    );
    let more = EndpointWrite {
        workers_max: Some(5),
        ..EndpointWrite::default()
    };
    graphql.update(&call(), &shown, &more).await.unwrap();
    let now = rest.find(&call(), &made.id).await.unwrap().unwrap();
    let expected = runpod::Endpoint {
        workers_max: Some(5),
        ..made.clone()
    };
    assert_eq!(now, expected, "a save over GraphQL leaves all else as it was");
    graphql.delete(&call(), &made.id).await.unwrap();
    assert_eq!(rest.find(&call(), &made.id).await.unwrap(), None);

    let linked = EndpointWrite {
        name: Some("flux".to_owned()),
        template_id: Some(SAMPLE_TEMPLATE.to_owned()),
        gpu_ids: Some(texts(&["AMPERE_24"])),
        ..EndpointWrite::default()
    };
    let made = graphql.create(&call(), &linked).await.unwrap();
    assert!(!made.template_is_own);
    let shown = rest.find(&call(), &made.id).await.unwrap().unwrap();
    assert!(shown.container.image.is_some() && shown.template_id.is_none());
    rest.update(&call(), &shown, &more).await.unwrap();
    let now = graphql.find(&call(), &made.id).await.unwrap().unwrap();
    assert_eq!((now.workers_max, now.template_id), (Some(5), made.template_id));
}

#[tokio::test]
async fn a_cpu_endpoint_lives_on_rest() {
    let emulator = Emulator::start();
    let endpoints = client(&emulator).endpoints(Api::Rest);
    let write = EndpointWrite {
        gpu_ids: None,
        allowed_cuda_versions: None,
        instance_ids: Some(texts(&["cpu3c-2-4"])),
        ..from_image()
    };
    let made = endpoints.create(&call(), &write).await.unwrap();
    assert_eq!(
        (made.instance_ids.clone(), made.gpu_count),
        (texts(&["cpu3c-2-4"]), None)
    );
    let other = EndpointWrite {
        instance_ids: Some(texts(&["cpu5c-4-8", "cpu3c-2-4"])),
        ..EndpointWrite::default()
    };
    let now = endpoints.update(&call(), &made, &other).await.unwrap();
    assert_eq!(now.instance_ids, ["cpu5c-4-8", "cpu3c-2-4"]);
    emulator.switches(|switches| switches.cpu_patch_fails = true);
    let failure = endpoints.update(&call(), &now, &write).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Refused(runpod::endpoints::GPU_IDS_MISSING));
}

#[tokio::test]
async fn what_the_api_does_not_allow_is_told_at_its_field() {
    let emulator = Emulator::start();
    let endpoints = client(&emulator).endpoints(Api::Rest);
    let write = EndpointWrite {
        flashboot: Some("TURBO".to_owned()),
        ..from_image()
    };
    let failure = endpoints.create(&call(), &write).await.unwrap_err();
    assert_eq!(
        (failure.status, &failure.kind),
        (Some(422), &Kind::Refused(Refusal::OTHER))
    );
    let field = failure.fields.first().unwrap();
    assert_eq!(field.path, ["flashboot"], "{failure:?}");
    assert!(failure.request_id.is_some());
    let nobodys = EndpointWrite {
        network_volume_id: Some("nonesuch01".to_owned()),
        ..from_image()
    };
    let failure = endpoints.create(&call(), &nobodys).await.unwrap_err();
    assert!(!failure.is_ambiguous(), "{failure:?}");
    assert!(emulator.endpoints().is_empty());
}

#[tokio::test]
async fn what_an_endpoint_stands_on_lives_from_create_to_delete() {
    let emulator = Emulator::start();
    let client = client(&emulator);
    let call = call();

    let secrets = client.secrets();
    let write = SecretWrite {
        name: Some("HF_TOKEN".to_owned()),
        value: Some("hf_secret".into()),
        description: None,
    };
    let secret = secrets.create(&call, &write).await.unwrap();
    assert_eq!(
        secrets.find(&call, &secret.id).await.unwrap(),
        Some(secret.clone())
    );
    let failure = secrets.create(&call, &write).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Refused(Refusal::NAME_TAKEN));
    let described = SecretWrite {
        description: Some("of the hub".to_owned()),
        ..SecretWrite::default()
    };
    let now = secrets.update(&call, &secret, &described).await.unwrap();
    assert_eq!(now.description.as_deref(), Some("of the hub"));

    let registries = client.registries();
    let write = RegistryWrite {
        name: Some("private".to_owned()),
        username: Some("me".to_owned()),
        password: Some("p4ssword".into()),
    };
    let registry = registries.create(&call, &write).await.unwrap();
    assert!(registries.is_as_asked(&registries.asked(&write), &registry));
    assert_eq!(
        registries.list(&call).await.unwrap().by_name("private").count(),
        1
    );

    let volumes = client.network_volumes();
    let write = NetworkVolumeWrite {
        name: Some("data".to_owned()),
        size: Some(50),
        data_center_id: Some("EU-RO-1".to_owned()),
        kind: None,
    };
    let volume = volumes.create(&call, &write).await.unwrap();
    let larger = NetworkVolumeWrite {
        size: Some(60),
        ..NetworkVolumeWrite::default()
    };
    assert_eq!(volumes.update(&call, &volume, &larger).await.unwrap().size, 60);

    let templates = client.templates();
    let write = TemplateWrite {
        name: Some("sdxl".to_owned()),
        container: ContainerWrite {
            image: Some("runpod/worker:1".to_owned()),
            disk: Some(20),
            env: Some(Env::from([("A", "x=\"1\"\n😀")])),
            registry_id: Some(registry.id.clone()),
            ..ContainerWrite::default()
        },
        serverless: Some(true),
        ..TemplateWrite::default()
    };
    let template = templates.create(&call, &write).await.unwrap();
    assert!(
        templates.is_as_asked(&templates.asked(&write), &template),
        "{template:?}"
    );
    assert_eq!(Some(&template.container.env), write.container.env.as_ref());
    assert_eq!(
        templates.update(&call, &template, &write).await.unwrap(),
        template
    );
    let failure = templates.create(&call, &write).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Refused(Refusal::NAME_TAKEN), "{failure:?}");
    let cleared = TemplateWrite {
        container: ContainerWrite {
            env: Some(Env::default()),
            registry_id: Some(String::new()),
            ..ContainerWrite::default()
        },
        ..TemplateWrite::default()
    };
    let now = templates.update(&call, &template, &cleared).await.unwrap();
    assert_eq!((now.container.env.len(), now.container.registry_id), (0, None));

    templates.delete(&call, &template.id).await.unwrap();
    volumes.delete(&call, &volume.id).await.unwrap();
    registries.delete(&call, &registry.id).await.unwrap();
    secrets.delete(&call, &secret.id).await.unwrap();
    assert_eq!(templates.find(&call, &template.id).await.unwrap(), None);
    assert_eq!(volumes.find(&call, &volume.id).await.unwrap(), None);
    assert_eq!(registries.find(&call, &registry.id).await.unwrap(), None);
    assert_eq!(secrets.find(&call, &secret.id).await.unwrap(), None);
}

#[tokio::test]
async fn an_attached_volume_is_in_use_until_the_time_is_up() {
    let emulator = Emulator::start();
    let client = client(&emulator);
    let write = NetworkVolumeWrite {
        name: Some("data".to_owned()),
        size: Some(50),
        data_center_id: Some("EU-RO-1".to_owned()),
        kind: None,
    };
    let volume = client.network_volumes().create(&call(), &write).await.unwrap();
    let write = EndpointWrite {
        network_volume_id: Some(volume.id.clone()),
        ..from_image()
    };
    let endpoint = client.endpoints(Api::Rest).create(&call(), &write).await.unwrap();
    assert_eq!(endpoint.volume_ids(), [volume.id.as_str()]);
    let soon = Call::within(Duration::from_millis(300), CancellationToken::new());
    let failure = client
        .network_volumes()
        .delete(&soon, &volume.id)
        .await
        .unwrap_err();
    assert_eq!(failure.kind, Kind::Refused(Refusal::IN_USE));
}

#[tokio::test]
async fn the_catalogue_and_the_queue_are_read() {
    let emulator = Emulator::start();
    let client = client(&emulator);
    let gpus = client
        .catalog()
        .gpu_types(&call(), Some(Product::Serverless))
        .await
        .unwrap();
    assert!(
        gpus.iter()
            .any(|gpu| gpu.pool.as_deref() == Some("ADA_24") && gpu.stock.is_some())
    );
    assert!(!client.catalog().cpu_types(&call()).await.unwrap().is_empty());
    assert!(!client.catalog().data_centers(&call()).await.unwrap().is_empty());
    let endpoint = client
        .endpoints(Api::Rest)
        .create(&call(), &from_image())
        .await
        .unwrap();
    assert!(endpoint.purge_queue_url.is_some());
    emulator.edit(&endpoint.id, |row| row.queued_jobs = 3);
    assert_eq!(
        client
            .jobs()
            .health(&call(), &endpoint.id)
            .await
            .unwrap()
            .jobs
            .in_queue,
        Some(3)
    );
    let purged = client
        .jobs()
        .purge_queue(&call(), &endpoint.id, None)
        .await
        .unwrap();
    assert_eq!(purged.removed, Some(3));
}

#[tokio::test]
async fn the_end_of_graphql_is_told_and_nothing_is_gone() {
    let emulator = Emulator::start();
    let client = client(&emulator);
    let made = client
        .endpoints(Api::Rest)
        .create(&call(), &from_image())
        .await
        .unwrap();
    for end in [
        runpod_emulator::GraphqlEnd::Gone,
        runpod_emulator::GraphqlEnd::NotFound,
    ] {
        emulator.switches(|switches| switches.graphql_end = end);
        let graphql = client.endpoints(Api::GraphQl);
        assert_eq!(
            graphql.find(&call(), &made.id).await.unwrap_err().kind,
            Kind::ApiEnded
        );
        assert_eq!(
            graphql.delete(&call(), &made.id).await.unwrap_err().kind,
            Kind::ApiEnded
        );
    }
    assert_eq!(emulator.endpoints().len(), 1);
    assert!(
        client
            .endpoints(Api::Rest)
            .find(&call(), &made.id)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn optional_keys_and_new_words_do_not_disturb() {
    let emulator = Emulator::start();
    let endpoints = client(&emulator).endpoints(Api::Rest);
    let made = endpoints.create(&call(), &from_image()).await.unwrap();
    emulator.switches(|switches| {
        switches.omit_optional_keys = true;
        switches.extra_read_fields = true;
        switches.unknown_enum_words = true;
        switches.omit_empty_args = true;
        switches.contract = runpod_emulator::Contract::V290;
    });
    assert_eq!(
        endpoints.find(&call(), &made.id).await.unwrap().unwrap().id,
        made.id
    );
    assert_eq!(endpoints.list(&call()).await.unwrap().objects.len(), 1);
}
