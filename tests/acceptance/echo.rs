//! No diff without a difference: what the API respells stays as the configuration has it, and real drift is shown.

use runpod_emulator::{Blank, FlashBootType, NameSuffix, StoredEndpoint, Switches, VolumeOrder};

use crate::support::{Cli, World};

/// An attribute that the API answers in another spelling, and what drifts from it.
struct Respelled {
    /// How the API does it.
    switch: fn(&mut Switches),
    /// The attribute in HCL.
    attribute: &'static str,
    /// Whether the endpoint holds the other spelling.
    is_respelled: fn(&StoredEndpoint) -> bool,
    /// A change of the console that means something else.
    drift: fn(&mut StoredEndpoint),
    /// What the plan shows then.
    shown: &'static str,
}

impl Respelled {
    /// Applies, plans clean also after another attribute has changed, shows the drift, and ends it.
    fn holds(&self) {
        let world = World::new(Cli::Older);
        world.emulator.switches(self.switch);
        let configuration = |idle_timeout: u32| {
            let name = if self.attribute.contains("name =") {
                ""
            } else {
                "name = \"sdxl\""
            };
            let gpu_ids = if self.attribute.contains("gpu_ids =") {
                ""
            } else {
                "gpu_ids = [\"AMPERE_16\"]"
            };
            format!(
                "resource \"runpod_endpoint\" \"sdxl\" {{\n  {name}\n  {gpu_ids}\n  template_id = \"xkhgg72fuo\"\n  \
                 idle_timeout = {idle_timeout}\n  {}\n}}\n",
                self.attribute
            )
        };
        let stored = || world.emulator.endpoints().remove(0);
        world.write(&configuration(42));
        world.apply();
        assert!((self.is_respelled)(&stored()), "{:?}", stored());
        world.plans_clean();

        world.write(&configuration(43));
        world.apply().says("0 added, 1 changed");
        assert!((self.is_respelled)(&stored()), "{:?}", stored());
        world.plans_clean();

        let before = stored();
        world.emulator.edit(&before.id, self.drift);
        world.plans_changes().says(self.shown).says("1 to change");
        world.apply();
        world.plans_clean();
        // Where a single volume shows in both fields, no one can tell which of them holds it.
        let after = StoredEndpoint {
            version: before.version,
            network_volume_id: before.network_volume_id.clone(),
            ..stored()
        };
        assert_eq!(after, before);
    }
}

#[test]
fn a_suffix_that_the_api_appends_to_the_name() {
    Respelled {
        switch: |switches| switches.name_suffix = NameSuffix::Appended,
        attribute: "flashboot = \"FLASHBOOT\"",
        is_respelled: |row| row.name == "sdxl -fb",
        drift: |row| row.name = "other -fb".into(),
        shown: "~ name = \"other -fb\" -> \"sdxl\"",
    }
    .holds();
}

#[test]
fn a_suffix_that_the_api_strips_from_the_name() {
    Respelled {
        switch: |switches| switches.name_suffix = NameSuffix::Stripped,
        attribute: "name = \"sdxl -fb\"",
        is_respelled: |row| row.name == "sdxl",
        drift: |row| row.name = "other".into(),
        shown: "~ name = \"other\" -> \"sdxl -fb\"",
    }
    .holds();
}

#[test]
fn a_suffix_that_the_api_keeps() {
    Respelled {
        switch: |switches| switches.name_suffix = NameSuffix::Verbatim,
        attribute: "name = \"sdxl -fb\"",
        is_respelled: |row| row.name == "sdxl -fb",
        drift: |row| row.name = "sdxl".into(),
        shown: "~ name = \"sdxl\" -> \"sdxl -fb\"",
    }
    .holds();
}

#[test]
fn pools_that_the_api_frees_of_repetitions() {
    Respelled {
        switch: |switches| switches.normalize_gpu_ids = true,
        attribute: r#"gpu_ids = ["AMPERE_24", "AMPERE_16", "AMPERE_24"]"#,
        is_respelled: |row| row.gpu_ids.as_deref() == Some("AMPERE_24,AMPERE_16"),
        // Their order is their priority, so another order is another value.
        drift: |row| row.gpu_ids = Some("AMPERE_16,AMPERE_24".into()),
        shown: "~ gpu_ids = [",
    }
    .holds();
}

#[test]
fn volumes_in_another_order() {
    Respelled {
        switch: |switches| switches.volume_order = VolumeOrder::Shuffled,
        attribute: r#"network_volume_ids = ["us2ks7vol0", "agv6w2qcg7", "eur1is3vol"]"#,
        is_respelled: |row| row.network_volume_ids.len() == 3,
        drift: |row| row.network_volume_ids.truncate(2),
        shown: "~ network_volume_ids = [",
    }
    .holds();
}

#[test]
fn one_volume_that_shows_in_both_fields() {
    Respelled {
        switch: |switches| (switches.single_volume_shown, switches.legacy_volume_listed) = (true, true),
        attribute: r#"network_volume_ids = ["us2ks7vol0"]"#,
        is_respelled: |row| row.network_volume_ids == ["us2ks7vol0"],
        drift: |row| row.network_volume_ids = vec!["agv6w2qcg7".into()],
        shown: "~ network_volume_ids = [",
    }
    .holds();
}

#[test]
fn an_empty_string_for_none() {
    Respelled {
        switch: |switches| switches.blank = Blank::Empty,
        attribute: "",
        is_respelled: |row| row.locations.is_none() && row.min_cuda_version.is_none(),
        drift: |row| {
            row.locations = Some("EU-RO-1".into());
            row.allowed_cuda_versions = Some("12.4".into());
            row.min_cuda_version = Some("12.4".into());
        },
        shown: "- locations = [ - \"EU-RO-1\", ] -> null - min_cuda_version = \"12.4\" -> null",
    }
    .holds();
}

#[test]
fn null_for_an_empty_set() {
    Respelled {
        switch: |switches| switches.blank = Blank::Null,
        attribute: "locations = []\n  allowed_cuda_versions = []\n  network_volume_ids = []",
        is_respelled: |row| row.locations.is_none() && row.allowed_cuda_versions.is_none(),
        drift: |row| row.locations = Some("EU-RO-1".into()),
        shown: "- \"EU-RO-1\"",
    }
    .holds();
}

#[test]
fn null_for_no_limit_and_for_no_flashboot() {
    Respelled {
        switch: |_| {},
        attribute: "execution_timeout_ms = 0\n  flashboot = \"OFF\"",
        is_respelled: |row| row.execution_timeout_ms == Some(0),
        drift: |row| row.flash_boot_type = Some(FlashBootType::Flashboot),
        shown: "~ flashboot = \"FLASHBOOT\" -> \"OFF\"",
    }
    .holds();
}

#[test]
fn places_and_versions_in_another_order_are_the_same() {
    let world = World::new(Cli::Older);
    world.write(
        r#"
        resource "runpod_endpoint" "sdxl" {
          name                  = "sdxl"
          template_id           = "xkhgg72fuo"
          gpu_ids               = ["AMPERE_16"]
          locations             = ["US-KS-2", "EU-RO-1"]
          allowed_cuda_versions = ["12.8", "12.4"]
        }
        "#,
    );
    world.apply();
    let id = world.emulator.endpoints().remove(0).id;
    for (locations, versions) in [
        ("EU-RO-1,US-KS-2", "12.4,12.8"),
        ("US-KS-2, EU-RO-1", "12.8, 12.4"),
    ] {
        world.emulator.edit(&id, |row| {
            row.locations = Some(locations.into());
            row.allowed_cuda_versions = Some(versions.into());
        });
        world.plans_clean();
    }
    world
        .emulator
        .edit(&id, |row| row.allowed_cuda_versions = Some("12.4,12.9".into()));
    world
        .plans_changes()
        .says("~ allowed_cuda_versions = [ - \"12.9\", + \"12.8\"");
}

#[test]
fn workers_that_runpod_lowers_are_drift_where_they_are_configured_and_kept_where_not() {
    let world = World::new(Cli::Older);
    let block = |name: &str, attribute: &str| {
        format!(
            "resource \"runpod_endpoint\" {name:?} {{\n  name = {name:?}\n  template_id = \"xkhgg72fuo\"\n  gpu_ids = \
             [\"AMPERE_16\"]\n  {attribute}\n}}\n"
        )
    };
    world.write(&(block("configured", "workers_max = 5") + &block("open", "")));
    world.apply();
    let ids: Vec<String> = world.emulator.endpoints().into_iter().map(|row| row.id).collect();
    for lowered in [2, 0] {
        for id in &ids {
            world.emulator.edit(id, |row| {
                (row.workers_max, row.workers_standby) = (lowered, lowered)
            });
        }
        let ran = world.plans_changes();
        ran.says(&format!("~ workers_max = {lowered} -> 5"))
            .says("1 to change");
        world.apply();
        let rows = world.emulator.endpoints();
        let of = |name: &str| rows.iter().find(|row| row.name == name).unwrap().workers_max;
        assert_eq!((of("configured"), of("open")), (5, lowered));
        world.plans_clean();
    }
}
