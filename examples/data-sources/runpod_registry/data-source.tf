data "runpod_registry" "ghcr" {
  name = "ghcr"
}

output "registry_id" {
  value = data.runpod_registry.ghcr.id
}
