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
        }
    }
}
