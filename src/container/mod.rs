//! What an endpoint's container and a template have in common: its attributes, their rows, and what ties a command's
//! together.

pub mod shapes;

use runpod::{Container, ContainerWrite};
use tf_provider::{AttributePath, Diagnostics, value::Value};

use crate::managed::{
    attribute::{Attribute, Mode, Rule, Type},
    diagnostic::error_at,
    spelling::Spelling,
    value::{Attributes, integer, map, number, pairs, strings, text, word, words},
};

/// The container's attributes beside `image`.
pub const CONTAINER: [&str; 7] = ["args", "entrypoint", "cmd", "disk", "ports", "env", "registry_id"];

/// An object that has a container.
pub trait HasContainer {
    /// The container.
    fn container(&self) -> &Container;
}

/// A write that asks for a container.
pub trait WritesContainer {
    /// What it asks of the container.
    fn container(&mut self) -> &mut ContainerWrite;
}

/// Implements the two for a noun's object and write.
macro_rules! has_container {
    ($object:ty, $write:ty) => {
        impl $crate::container::HasContainer for $object {
            fn container(&self) -> &runpod::Container {
                &self.container
            }
        }

        impl $crate::container::WritesContainer for $write {
            fn container(&mut self) -> &mut runpod::ContainerWrite {
                &mut self.container
            }
        }
    };
}
pub(crate) use has_container;

/// The row of `image`.
pub const fn image<R: HasContainer, W: WritesContainer>() -> Attribute<R, W> {
    Attribute {
        name: "image",
        description: "Image of the container, such as `runpod/worker-v1-vllm:v2.7.0`.",
        rule: Rule::NotEmpty,
        read: |object| text(object.container().image.as_deref()),
        write: |write, value| write.container().image = word(value),
        ..Attribute::ROW
    }
}

/// The row of `args`.
pub const fn args<R: HasContainer, W: WritesContainer>() -> Attribute<R, W> {
    Attribute {
        name: "args",
        mode: Mode::Optional,
        description: "Arguments of the container as one text; excludes `entrypoint` and `cmd`.",
        left_out: "Left out: none.",
        read: |object| text(object.container().args.as_deref()),
        write: |write, value| write.container().args = Some(word(value).unwrap_or_default()),
        ..Attribute::ROW
    }
}

/// The row of `entrypoint`.
pub const fn entrypoint<R: HasContainer, W: WritesContainer>() -> Attribute<R, W> {
    Attribute {
        name: "entrypoint",
        kind: Type::List,
        mode: Mode::Optional,
        description: "Entrypoint of the container.",
        left_out: "Left out: the image's.",
        read: |object| strings(object.container().entrypoint.iter().map(String::as_str)),
        write: |write, value| write.container().entrypoint = Some(words(value).unwrap_or_default()),
        ..Attribute::ROW
    }
}

/// The row of `cmd`.
pub const fn cmd<R: HasContainer, W: WritesContainer>() -> Attribute<R, W> {
    Attribute {
        name: "cmd",
        description: "Command of the container.",
        read: |object| strings(object.container().cmd.iter().map(String::as_str)),
        write: |write, value| write.container().cmd = Some(words(value).unwrap_or_default()),
        ..entrypoint()
    }
}

/// The row of `disk`.
pub const fn disk<R: HasContainer, W: WritesContainer>() -> Attribute<R, W> {
    Attribute {
        name: "disk",
        kind: Type::Number,
        description: "Disk of the container in GB, at least 1.",
        left_out: "Left out, Runpod decides.",
        rule: Rule::AtLeast(1),
        read: |object| integer(object.container().disk),
        write: |write, value| write.container().disk = number(value),
        ..Attribute::ROW
    }
}

/// The row of `ports`.
pub const fn ports<R: HasContainer, W: WritesContainer>() -> Attribute<R, W> {
    Attribute {
        name: "ports",
        kind: Type::List,
        mode: Mode::Optional,
        description: "Ports that the container opens, each `port/http` or `port/tcp`, such as `8080/http`.",
        left_out: "Left out: none.",
        rule: Rule::Shape(shapes::port),
        anew: Some(shapes::new_ports),
        spelling: Spelling::Words,
        read: |object| strings(object.container().ports.iter().map(String::as_str)),
        write: |write, value| write.container().ports = Some(words(value).unwrap_or_default()),
        ..Attribute::ROW
    }
}

/// The row of `env`.
pub const fn env<R: HasContainer, W: WritesContainer>() -> Attribute<R, W> {
    Attribute {
        name: "env",
        kind: Type::Map,
        mode: Mode::Optional,
        description: "Variables of the container's environment. A value may refer to a secret of the account, as \
                      `runpod_secret.x.reference` writes it. Variables that Runpod adds are no difference.",
        left_out: "Left out: none.",
        rule: Rule::Shape(shapes::variable),
        anew: Some(shapes::new_variables),
        spelling: Spelling::Variables,
        echoes: Some(shapes::has_variables),
        read: |object| map(object.container().env.iter()),
        write: |write, value| {
            write.container().env = Some(pairs(value).unwrap_or_default().into_iter().collect());
        },
        ..Attribute::ROW
    }
}

/// The row of `registry_id`.
pub const fn registry_id<R: HasContainer, W: WritesContainer>() -> Attribute<R, W> {
    Attribute {
        name: "registry_id",
        mode: Mode::Optional,
        description: "Id of the credential for the image's registry (`runpod_registry`).",
        left_out: "Left out: none.",
        rule: Rule::NotEmpty,
        fields: &["registry"],
        read: |object| text(object.container().registry_id.as_deref()),
        write: |write, value| write.container().registry_id = Some(word(value).unwrap_or_default()),
        ..Attribute::ROW
    }
}

/// `args` is the whole command as one text, so that it excludes the two other ways to write one (V2 2.4).
pub fn check_command(diags: &mut Diagnostics, config: &Attributes) {
    for name in ["entrypoint", "cmd"] {
        if config.has("args") && config.has(name) {
            let detail = format!(
                "args and {name} are both set, but args is the whole command as one text. Set args, or entrypoint and cmd."
            );
            error_at(diags, AttributePath::new(name), "Two commands are given", detail);
        }
    }
}

/// The attributes of a command, which stands in the first or in the two others.
const COMMAND: [&str; 3] = ["args", "entrypoint", "cmd"];

/// Lets an update look for a command where the state before has it: from there it may go to another place.
pub fn look_for_command(prior: &Attributes, like: &mut Attributes) {
    if COMMAND.iter().any(|name| prior.has(name)) {
        for name in COMMAND {
            like.set(name, prior.get(name).clone());
        }
    }
}

/// Puts a command, which the API shows as a text and taken apart, where `like` has it, or else where it was written.
pub fn place_command(container: &Container, found: &mut Attributes, like: &Attributes) {
    let [text, lists @ ..] = COMMAND;
    let is_in_lists = lists.iter().any(|name| like.has(name)) || container.is_in_lists;
    if like.has(text) || !is_in_lists {
        lists.iter().for_each(|name| found.set(name, Value::Null));
    } else {
        found.set(text, Value::Null);
    }
}
