//! The attributes of a template: one row each.

use runpod::templates::{PersistentVolume, Template, TemplateWrite};
use tf_provider::{AttributePath, Diagnostics, value::Value};

use crate::{
    container::{self, has_container, shapes},
    managed::{
        attribute::{Attribute, Field, Mode, Rule, Type, invalid},
        spelling::Spelling,
        value::{Attributes, Datum, boolean, integer, strings, text, truth, word, words},
    },
};

const ROW: Attribute<Template, TemplateWrite> = Attribute::ROW;

has_container!(Template, TemplateWrite);

const VOLUME: &[Field] = &[
    Field {
        name: "size",
        kind: Type::Number,
        description: "Size in GB, at least 10.",
        rule: Rule::AtLeast(1),
    },
    Field {
        name: "path",
        kind: Type::Text,
        description: "Where it is mounted, such as `/workspace`.",
        rule: Rule::NotEmpty,
    },
];

/// Refuses a volume that REST v2 does not make (V2 5.1).
fn new_volume(diags: &mut Diagnostics, path: &AttributePath, volume: &Datum, _: Option<&Datum>) {
    let Datum::Object(volume) = volume else { return };
    if let Some(size) = volume.integer("size").filter(|size| *size < 10) {
        let path = path.clone().attribute("size");
        let name = "persistent_volume.size";
        invalid(diags, path, name, "it must be at least 10", &size.to_string());
    }
}

/// Every attribute but `id` and `timeouts`.
pub static ATTRIBUTES: [Attribute<Template, TemplateWrite>; 17] = [
    Attribute {
        name: "name",
        mode: Mode::Required,
        description: "Name of the template, unique in the account.",
        rule: Rule::NotEmpty,
        read: |template| text(Some(template.name.as_str())),
        write: |write, value| write.name = word(value),
        ..ROW
    },
    Attribute {
        mode: Mode::Required,
        ..container::image()
    },
    container::args(),
    container::entrypoint(),
    container::cmd(),
    container::disk(),
    container::ports(),
    container::env(),
    container::registry_id(),
    Attribute {
        name: "serverless",
        kind: Type::Bool,
        description: "Whether the template is for serverless endpoints; else it is for pods.",
        left_out: "Default: true.",
        default: Some(|| Datum::Bool(true)),
        read: |template| boolean(template.serverless),
        write: |write, value| write.serverless = truth(value),
        usual: Some(|| Datum::Bool(true)),
        ..ROW
    },
    Attribute {
        name: "public",
        kind: Type::Bool,
        description: "Whether everybody may see and use the template.",
        left_out: "Default: false.",
        default: Some(|| Datum::Bool(false)),
        read: |template| boolean(template.public),
        write: |write, value| write.public = truth(value),
        usual: Some(|| Datum::Bool(false)),
        ..ROW
    },
    Attribute {
        name: "category",
        description: "Hardware that the template is for: `CPU`, `NVIDIA` or `AMD`.",
        left_out: "Left out, Runpod sets `NVIDIA`.",
        rule: Rule::OneOf(&["CPU", "NVIDIA", "AMD"]),
        spelling: Spelling::Words,
        read: |template| text(template.category.as_deref()),
        write: |write, value| write.category = word(value),
        usual: Some(|| Datum::Text("NVIDIA".to_owned())),
        ..ROW
    },
    Attribute {
        name: "start_ssh",
        kind: Type::Bool,
        description: "Whether a pod starts an SSH server; endpoints ignore it.",
        left_out: "Left out, Runpod sets true.",
        read: |template| boolean(template.start_ssh),
        write: |write, value| write.start_ssh = truth(value),
        usual: Some(|| Datum::Bool(true)),
        ..ROW
    },
    Attribute {
        name: "start_jupyter",
        kind: Type::Bool,
        description: "Whether a pod starts JupyterLab; endpoints ignore it.",
        left_out: "Left out, Runpod sets true.",
        read: |template| boolean(template.start_jupyter),
        write: |write, value| write.start_jupyter = truth(value),
        usual: Some(|| Datum::Bool(true)),
        ..ROW
    },
    Attribute {
        name: "allowed_cuda_versions",
        kind: Type::Set,
        mode: Mode::Optional,
        description: "CUDA versions that a machine may have, each `major.minor`, such as `12.4`.",
        left_out: "Left out: any.",
        rule: Rule::Shape(shapes::cuda_version),
        spelling: Spelling::Words,
        read: |template| strings(template.allowed_cuda_versions.iter().map(String::as_str)),
        write: |write, value| write.allowed_cuda_versions = Some(words(value).unwrap_or_default()),
        ..ROW
    },
    Attribute {
        name: "persistent_volume",
        kind: Type::Object(VOLUME),
        mode: Mode::Optional,
        description: "Volume that a pod keeps while it is stopped; for templates of pods alone. Taking it out destroys the \
                      template and creates another.",
        left_out: "Left out: none.",
        anew: Some(new_volume),
        read: |template| {
            template.persistent_volume.as_ref().map_or(Value::Null, |volume| {
                let mut object = Attributes::default();
                object.set("size", integer(Some(volume.size)));
                object.set("path", text(Some(volume.path.as_str())));
                Value::Value(Datum::Object(object))
            })
        },
        write: |write, value| {
            if let Some(Datum::Object(object)) = value.as_ref_option() {
                write.persistent_volume = Some(PersistentVolume {
                    size: object.integer("size").unwrap_or_default(),
                    path: object.text("path").unwrap_or_default().to_owned(),
                });
            }
        },
        ..ROW
    },
    Attribute {
        name: "revision",
        mode: Mode::Computed,
        description: "Digest of all that an endpoint takes from the template: it changes when and only when that does. As \
                      `template_revision` of an endpoint it makes a change of the template an update of the endpoint.",
        ..ROW
    },
];
