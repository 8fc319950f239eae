//! The questions about the real API that nobody could answer, each as a switch with all its sides.

use serde::{Deserialize, Serialize};

/// What an update does to a field whose key it leaves out.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Omitted {
    /// The stored value stays.
    Keep,
    /// The default of creation is written over it.
    Reset,
}

/// What `templateId` does in an update (API facts 4.2).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum TemplateOnUpdate {
    /// Nothing, not even when it names no template.
    Ignored,
    /// It is checked and switches the template.
    Switches,
}

/// How a name that concerns FlashBoot comes out (API facts 4.6).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum NameSuffix {
    /// As it was written.
    Verbatim,
    /// With ` -fb` appended while FlashBoot is on.
    Appended,
    /// Without a trailing ` -fb`.
    Stripped,
}

/// How an unset string (`locations`, `allowedCudaVersions`, `minCudaVersion`) reads (API facts 4.10).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Blank {
    /// As `null`.
    Null,
    /// As `""`.
    Empty,
}

/// In which order `networkVolumeIds` reads back (API facts 2.9).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum VolumeOrder {
    /// As written.
    Kept,
    /// Rotated by one, which is what was seen of the real API.
    Shuffled,
    /// By id.
    Sorted,
}

/// What `deleteEndpoint` asks of the worker counts (API facts 4.4).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum DeleteRule {
    /// Both must be zero.
    Strict,
    /// They do not matter.
    Lax,
}

/// How `myself.endpoint(id)` answers for an id that does not exist (API facts 5).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum UnknownEndpoint {
    /// With `null` and an error.
    Error,
    /// With `null` alone.
    Null,
}

/// How long workers keep stopping after an endpoint was scaled to zero.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Drain {
    /// Not at all.
    None,
    /// For this many refused attempts to delete.
    Attempts(u32),
    /// For this many milliseconds.
    Millis(u64),
}

/// The account's `flashBootType` for an endpoint created without one (API facts 4.19).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum FlashBootDefault {
    /// `null`.
    Null,
    /// `OFF`.
    Off,
    /// `FLASHBOOT`.
    Flashboot,
}

/// In which order lists come.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum ListOrder {
    /// As the rows were created.
    Insertion,
    /// As they were created on GraphQL, in an order of its own on REST v2 (V2 1.4).
    RestShuffled,
    /// In an order of its own on both.
    Shuffled,
}

/// What becomes of an excluded GPU type that is in none of the pools, on REST v2 (V2 10.7).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum UnknownExclusion {
    /// It is refused.
    Refused,
    /// It is stored.
    Accepted,
}

/// Which contract REST v2 speaks (V2 0.1).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contract {
    /// That of August 2026: no pages, no `cmd` and `entrypoint`, no secrets.
    #[serde(rename = "2.9.0")]
    V290,
    /// The newest that is known.
    #[serde(rename = "newest")]
    Newest,
}

/// How country codes in `locations` read as `dataCenterIds` (V2 10.18).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum CountryCodes {
    /// As they are.
    Verbatim,
    /// Not at all.
    Dropped,
    /// As the data centres of the country.
    Expanded,
}

/// Whether GraphQL still answers (V2 8.4).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum GraphqlEnd {
    /// It does.
    Alive,
    /// It answers 410 with plain text.
    Gone,
    /// It answers 404 with plain text, as if it had never been.
    NotFound,
}

/// What a second endpoint on a template that is bound to another one meets on GraphQL (API facts 2.8).
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum BoundTemplate {
    /// It shares the template.
    Shared,
    /// It is refused.
    Refused,
    /// It takes the template over.
    Moves,
}

/// All switches. The defaults are the sides that forgive a client the least.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Switches {
    /// `flashBootType` left out of an update.
    pub omitted_flash_boot_type: Omitted,
    /// `networkVolumeId` left out of an update.
    pub omitted_network_volume_id: Omitted,
    /// `env` left out of an update.
    pub omitted_env: Omitted,
    /// `flashBootType` left out of a create.
    pub flash_boot_default: FlashBootDefault,
    /// `templateId` in an update.
    pub template_on_update: TemplateOnUpdate,
    /// The name beside FlashBoot.
    pub name_suffix: NameSuffix,
    /// Unset strings on read.
    pub blank: Blank,
    /// Whether `gpuIds` is trimmed and freed of repetitions.
    pub normalize_gpu_ids: bool,
    /// Whether a pool in `gpuIds` must be one of the catalogue's.
    pub known_pools_only: bool,
    /// `networkVolumeIds` on read.
    pub volume_order: VolumeOrder,
    /// Whether `networkVolumeId` reads as the volume when `networkVolumeIds` holds exactly one.
    pub single_volume_shown: bool,
    /// Whether `networkVolumeIds` lists the volume that was attached through `networkVolumeId`.
    pub legacy_volume_listed: bool,
    /// Whether an `executionTimeoutMs` left out of a create reads 0 instead of null.
    pub unset_execution_timeout_is_zero: bool,
    /// How many reads miss a new endpoint.
    pub reads_before_created: u32,
    /// How many reads still show a deleted endpoint.
    pub reads_before_deleted: u32,
    /// The condition of `deleteEndpoint`.
    pub delete: DeleteRule,
    /// How long workers drain.
    pub drain: Drain,
    /// The answer for an unknown endpoint.
    pub unknown_endpoint: UnknownEndpoint,
    /// Whether `deleteEndpoint` refuses an unknown id.
    pub unknown_delete_fails: bool,
    /// The message of the error for an unknown endpoint.
    pub unknown_message: String,
    /// The code of that error.
    pub unknown_code: String,
    /// Variables of the platform that `Endpoint.env` shows beside the declared ones (API facts 2.7).
    pub injected_env: Vec<super::rows::EnvVar>,
    /// Whether requests without an honest User-Agent are turned away.
    pub user_agent_check: bool,
    /// Whether GraphQL still answers.
    pub graphql_end: GraphqlEnd,
    /// A second endpoint on a bound template, on GraphQL.
    pub bound_template: BoundTemplate,
    /// Whether `deleteEndpoint` takes the template along that is bound to the endpoint (V2 4).
    pub delete_takes_bound_template: bool,
    /// In which order lists come.
    pub list_order: ListOrder,
    /// The contract of REST v2.
    pub contract: Contract,
    /// `timeout` left out of a create on REST v2, in milliseconds (V2 10.1).
    pub timeout_default: i32,
    /// Whether every PATCH of REST v2 loses the exclusions, as in July 2026 (V2 3.3).
    pub patch_drops_exclusions: bool,
    /// Whether every PATCH of a CPU endpoint fails, as in July 2026 (V2 3.3).
    pub cpu_patch_fails: bool,
    /// Whether `name` in a PATCH renames the template behind the endpoint (V2 10.3).
    pub rename_touches_template: bool,
    /// An excluded GPU type outside the pools.
    pub unknown_exclusion: UnknownExclusion,
    /// Whether a PATCH of the container with equal values makes a release (V2 10.5).
    pub equal_patch_releases: bool,
    /// Whether a template without a volume reads without `mounts` (V2 5.1).
    pub omit_empty_mounts: bool,
    /// Whether reads of REST v2 leave out what their schema does not require (V2 10.9).
    pub omit_optional_keys: bool,
    /// Whether an `args` that is unset is left out of reads of REST v2 (V2 10.10).
    pub omit_empty_args: bool,
    /// Whether it reads null, where it is not left out.
    pub null_empty_args: bool,
    /// Whether reads of REST v2 have fields that nobody knows.
    pub extra_read_fields: bool,
    /// Whether workers, releases and the catalogue of REST v2 use words that nobody knows.
    pub unknown_enum_words: bool,
    /// Country codes on REST v2.
    pub country_codes: CountryCodes,
    /// How many requests a user may send to REST v2 in a window of a minute; none never counts.
    pub rate_limit: Option<u32>,
    /// How long that window is, in seconds.
    pub rate_window: u32,
    /// Whether answers of REST v2 tell the rate limits.
    pub rate_headers: bool,
    /// Whether `/v2/templates` lists templates that are bound to an endpoint (V2 10.17).
    pub bound_templates_listed: bool,
    /// Whether two endpoints may share a name, on REST v2 (V2 10.12).
    pub duplicate_endpoint_names: bool,
    /// Whether two templates may share a name, on REST v2.
    pub duplicate_template_names: bool,
    /// Whether two network volumes may share a name, on REST v2.
    pub duplicate_volume_names: bool,
    /// Whether two registry credentials may share a name, on REST v2.
    pub duplicate_registry_names: bool,
    /// Whether `env` of an endpoint shows `injected_env` on REST v2, too (V2 10.16).
    pub injected_env_in_rest: bool,
    /// The status of a create on REST v2: 200, 201 or 202.
    pub create_status: u16,
    /// The status of the deletion of something that is in use, on REST v2 (V2 10.13).
    pub in_use_status: u16,
    /// Whether the deletion of a registry credential that a bound template uses is refused, on REST v2.
    pub used_registry_kept: bool,
    /// How many more deletions of a template, volume, credential or secret are refused as "in use", although
    /// nothing uses it any more; on both APIs.
    pub in_use_attempts: u32,
    /// How many reads after a release show workers that are not ready yet.
    pub reads_before_workers_ready: u32,
    /// The largest body of REST v2 in bytes; none is that of the server (V2 1.2).
    pub body_limit: Option<u32>,
    /// Whether `requestUrls` points to the emulator's own jobs API instead of Runpod's.
    pub own_request_urls: bool,
}

impl Switches {
    /// Says what no API could do.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(200..=202).contains(&self.create_status) {
            return Err(format!(
                "createStatus is 200, 201 or 202, not {}",
                self.create_status
            ));
        }
        if !(400..=499).contains(&self.in_use_status) {
            return Err(format!(
                "inUseStatus is between 400 and 499, not {}",
                self.in_use_status
            ));
        }
        Ok(())
    }
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            omitted_flash_boot_type: Omitted::Reset,
            omitted_network_volume_id: Omitted::Reset,
            omitted_env: Omitted::Keep,
            flash_boot_default: FlashBootDefault::Off,
            template_on_update: TemplateOnUpdate::Ignored,
            name_suffix: NameSuffix::Verbatim,
            blank: Blank::Null,
            normalize_gpu_ids: true,
            known_pools_only: true,
            volume_order: VolumeOrder::Shuffled,
            single_volume_shown: false,
            legacy_volume_listed: false,
            unset_execution_timeout_is_zero: true,
            reads_before_created: 0,
            reads_before_deleted: 0,
            delete: DeleteRule::Strict,
            drain: Drain::None,
            unknown_endpoint: UnknownEndpoint::Error,
            unknown_delete_fails: true,
            unknown_message: "Something went wrong. Please try again later or contact support.".into(),
            unknown_code: "INTERNAL_SERVER_ERROR".into(),
            injected_env: Vec::new(),
            user_agent_check: true,
            graphql_end: GraphqlEnd::Alive,
            bound_template: BoundTemplate::Shared,
            delete_takes_bound_template: false,
            list_order: ListOrder::RestShuffled,
            contract: Contract::Newest,
            timeout_default: 0,
            patch_drops_exclusions: false,
            cpu_patch_fails: false,
            rename_touches_template: true,
            unknown_exclusion: UnknownExclusion::Refused,
            equal_patch_releases: true,
            omit_empty_mounts: true,
            omit_optional_keys: false,
            omit_empty_args: false,
            null_empty_args: false,
            body_limit: None,
            extra_read_fields: false,
            unknown_enum_words: false,
            country_codes: CountryCodes::Verbatim,
            rate_limit: None,
            rate_window: 60,
            rate_headers: true,
            bound_templates_listed: true,
            duplicate_endpoint_names: true,
            duplicate_template_names: false,
            duplicate_volume_names: true,
            duplicate_registry_names: false,
            injected_env_in_rest: true,
            create_status: 201,
            in_use_status: 400,
            used_registry_kept: true,
            in_use_attempts: 0,
            reads_before_workers_ready: 0,
            own_request_urls: false,
        }
    }
}
