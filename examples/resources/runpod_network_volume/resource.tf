# Models on a volume beside the GPUs that read them.
resource "runpod_network_volume" "models" {
  name           = "models"
  size           = 100
  data_center_id = "EU-RO-1"
}

resource "runpod_endpoint" "sdxl" {
  name              = "sdxl"
  template_id       = "xkhgg72fuo"
  gpu_ids           = ["ADA_24"]
  locations         = [runpod_network_volume.models.data_center_id]
  network_volume_id = runpod_network_volume.models.id
}
