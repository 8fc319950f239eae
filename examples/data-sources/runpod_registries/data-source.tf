data "runpod_registries" "all" {}

output "registry_names" {
  value = sort(data.runpod_registries.all.registries[*].name)
}
