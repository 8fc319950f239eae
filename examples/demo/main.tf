# What `make demo` applies, to the emulator. Your own configuration looks the same.
terraform {
  required_providers {
    runpod = {
      source = "terraform-runpod/runpod"
    }
  }
}

variable "workers_max" {
  description = "Most workers of the endpoint at a time."
  type        = number
  default     = 2
}

resource "runpod_endpoint" "sdxl" {
  name        = "sdxl"
  template_id = "xkhgg72fuo"
  gpu_ids     = ["AMPERE_16", "AMPERE_24"]
  workers_max = var.workers_max
  flashboot   = "FLASHBOOT"
  locations   = ["EU-RO-1"]
}

output "url" {
  value = "${runpod_endpoint.sdxl.url}/run"
}
