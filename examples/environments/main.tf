# One endpoint for each environment, from a map.
terraform {
  required_version = ">= 1.7"
  required_providers {
    runpod = {
      source = "terraform-runpod/runpod"
    }
  }
}

resource "runpod_endpoint" "this" {
  for_each = var.environments

  name        = "${var.service}-${each.key}"
  template_id = each.value.template_id
  gpu_ids     = each.value.gpu_ids
  gpu_count   = each.value.gpu_count
  workers_min = each.value.workers_min
  workers_max = each.value.workers_max
  flashboot   = each.value.flashboot
  locations   = each.value.locations
}
