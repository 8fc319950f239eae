//! Generates what the sources include: the plugin protocol's code from `proto/`, without an installed protoc, and
//! Runpod's GraphQL schema for the client's operations.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    plugin_protocol()?;
    runpod_schema()
}

/// The server's side for the library, and the client's side, in a folder of its own, for the tests.
fn plugin_protocol() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(["proto/tfplugin6.proto", "proto/go_plugin.proto"], ["proto"])?;
    tonic_prost_build::configure()
        .build_client(false)
        .generate_default_stubs(true)
        .compile_fds(files.clone())?;
    let client = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?).join("client");
    fs::create_dir_all(&client)?;
    tonic_prost_build::configure()
        .build_server(false)
        .build_transport(false)
        .out_dir(client)
        .compile_fds(files)?;
    Ok(())
}

/// What `runpod::graphql` checks its operations against.
fn runpod_schema() -> Result<(), Box<dyn Error>> {
    let schema = "src/runpod/graphql/schema.graphql";
    println!("cargo:rerun-if-changed={schema}");
    cynic_codegen::register_schema("runpod")
        .from_sdl_file(schema)?
        .as_default()?;
    Ok(())
}
