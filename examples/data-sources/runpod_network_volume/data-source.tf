data "runpod_network_volume" "models" {
  name = "models"
}

output "where_the_models_are" {
  value = data.runpod_network_volume.models.data_center_id
}
