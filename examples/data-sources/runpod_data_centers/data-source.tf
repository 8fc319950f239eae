data "runpod_data_centers" "all" {}

output "with_volumes_in_europe" {
  value = [
    for center in data.runpod_data_centers.all.data_centers : center.id
    if center.region == "EUROPE" && length(center.network_volume_types) > 0
  ]
}
