//! Generates Runpod's GraphQL schema, which the client's operations are checked against.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let schema = "src/graphql/schema.graphql";
    println!("cargo:rerun-if-changed={schema}");
    cynic_codegen::register_schema("runpod")
        .from_sdl_file(schema)?
        .as_default()?;
    Ok(())
}
