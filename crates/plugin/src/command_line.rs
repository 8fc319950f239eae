//! What the program says of itself, and what it makes of its command line.

use std::ffi::OsString;

/// What a provider's program says of itself to somebody who starts it by hand.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The program's name, such as `terraform-provider-example`.
    pub name: &'static str,
    /// The program's version, such as `1.2.3`.
    pub version: &'static str,
    /// The address that configurations give as its source, such as `example-org/example`; a registry's host in
    /// front is optional.
    pub address: &'static str,
    /// Where its documentation is.
    pub docs: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
}

/// Where Terraform looks for an address that names no host.
const DEFAULT_HOST: &str = "registry.terraform.io";

impl About {
    /// The address as Terraform spells it out, with its host.
    pub(crate) fn full_address(&self) -> String {
        match self.address.split('/').count() {
            3 => self.address.to_owned(),
            _ => format!("{DEFAULT_HOST}/{}", self.address),
        }
    }

    fn type_name(&self) -> &str {
        self.address.rsplit('/').next().unwrap_or(self.address)
    }

    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// What a user should read who runs the program by hand.
    pub(crate) fn usage(&self) -> String {
        format!(
            "{title}: {summary}\n\
             \n\
             This program is a plugin: Terraform starts it, and there is nothing to be run by hand.\n\
             Terraform finds it by its address. In a configuration:\n\
             \n\
             \x20 terraform {{\n\
             \x20   required_providers {{\n\
             \x20     {short} = {{\n\
             \x20       source  = \"{address}\"\n\
             \x20       version = \"{version}\"\n\
             \x20     }}\n\
             \x20   }}\n\
             \x20 }}\n\
             \n\
             and then `terraform init`. A build of your own is found through `dev_overrides` in Terraform's CLI\n\
             configuration file.\n\
             \n\
             Documentation: {docs}\n\
             \n\
             Options:\n\
             \x20 --debug    serve until Ctrl-C, for a Terraform that is told where (for developers)\n\
             \x20 --help     print this\n\
             \x20 --version  print the version\n",
            title = self.title(),
            summary = self.summary,
            short = self.type_name(),
            address = self.address,
            version = self.version,
            docs = self.docs,
        )
    }
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CommandLine {
    /// Nothing: how Terraform starts a provider.
    Serve,
    Debug,
    Help,
    Version,
    Unknown(String),
}

impl CommandLine {
    pub(crate) fn of(args: impl IntoIterator<Item = OsString>) -> Self {
        let mut command_line = Self::Serve;
        for arg in args {
            // Terraform's own flags have one dash, so both are understood.
            command_line = match arg.to_string_lossy().as_ref() {
                "--help" | "-help" | "-h" => return Self::Help,
                "--version" | "-version" | "-v" => return Self::Version,
                "--debug" | "-debug" => Self::Debug,
                other => return Self::Unknown(other.to_owned()),
            };
        }
        command_line
    }
}

#[cfg(test)]
mod tests {
    use super::{About, CommandLine};

    fn command_line(args: &[&str]) -> CommandLine {
        CommandLine::of(args.iter().map(Into::into))
    }

    #[test]
    fn the_command_line() {
        assert_eq!(command_line(&[]), CommandLine::Serve);
        assert_eq!(command_line(&["-debug"]), CommandLine::Debug);
        assert_eq!(command_line(&["--debug", "--version"]), CommandLine::Version);
        assert_eq!(command_line(&["--help"]), CommandLine::Help);
        assert_eq!(command_line(&["serve"]), CommandLine::Unknown("serve".into()));
    }

    #[test]
    fn an_address_gets_a_host_only_if_it_has_none() {
        let mut about = About {
            name: "",
            version: "",
            address: "a/b",
            docs: "",
            summary: "",
        };
        assert_eq!(about.full_address(), "registry.terraform.io/a/b");
        about.address = "example.org/a/b";
        assert_eq!(about.full_address(), "example.org/a/b");
    }
}
