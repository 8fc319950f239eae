# A queue on GPUs, with the two cheapest pools in order of priority and one GPU type left out.
resource "runpod_endpoint" "sdxl" {
  name        = "sdxl"
  template_id = "xkhgg72fuo"
  gpu_ids     = ["AMPERE_16", "AMPERE_24", "-NVIDIA RTX A4500"]

  workers_min  = 0
  workers_max  = 3
  idle_timeout = 5
  flashboot    = "FLASHBOOT"
  locations    = ["EU-RO-1", "US"]

  scaler_type  = "QUEUE_DELAY"
  scaler_value = 4

  execution_timeout_ms = 600000
  min_cuda_version     = "12.4"

  timeouts = {
    delete = "15m"
  }
}

# A CPU endpoint.
resource "runpod_endpoint" "resize" {
  name         = "resize"
  template_id  = "xkhgg72fuo"
  instance_ids = ["cpu3c-2-4"]
  workers_max  = 2
}

output "sdxl_url" {
  value = "${runpod_endpoint.sdxl.url}/run"
}
