resource "runpod_endpoint" "inference" {
  name                 = "inference"
  template_id          = "xkhgg72fuo"
  gpu_ids              = ["AMPERE_24", "-NVIDIA L4"]
  gpu_count            = 1
  flashboot            = "FLASHBOOT"
  scaler_type          = "QUEUE_DELAY"
  scaler_value         = 4
  workers_min          = 0
  workers_max          = 3
  idle_timeout         = 5
  execution_timeout_ms = 600000
  locations            = ["EU-RO-1"]
}
