data "runpod_network_volumes" "all" {}

output "gigabytes" {
  value = sum(concat([0], data.runpod_network_volumes.all.network_volumes[*].size))
}
