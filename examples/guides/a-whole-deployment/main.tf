terraform {
  required_version = ">= 1.11"
  required_providers {
    runpod = {
      source = "terraform-runpod/runpod"
    }
  }
}

variable "registry_token" {
  description = "Read access to the registry of the image."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "hugging_face_token" {
  description = "Read access to gated models."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "data_center_id" {
  description = "Where the volume and the workers are."
  type        = string
  default     = "EU-RO-1"
}

resource "runpod_secret" "hugging_face" {
  name             = "hugging_face_token"
  value_wo         = var.hugging_face_token
  value_wo_version = 1
}

resource "runpod_registry" "ghcr" {
  name                = "ghcr-1"
  username            = "my-organisation"
  password_wo         = var.registry_token
  password_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

resource "runpod_network_volume" "models" {
  name           = "models"
  size           = 100
  data_center_id = var.data_center_id
}

resource "runpod_template" "worker" {
  name        = "worker"
  image       = "ghcr.io/my-organisation/worker:1.4.0"
  registry_id = runpod_registry.ghcr.id
  disk        = 20

  env = {
    MODEL_DIRECTORY = "/runpod-volume/models"
    HF_TOKEN        = runpod_secret.hugging_face.reference
  }
}

resource "runpod_endpoint" "queue" {
  name              = "worker"
  template_id       = runpod_template.worker.id
  template_revision = runpod_template.worker.revision
  gpu_ids           = ["ADA_24", "AMPERE_24"]
  workers_max       = 3
  locations         = [var.data_center_id]
  network_volume_id = runpod_network_volume.models.id
}

resource "runpod_endpoint" "api" {
  name         = "api"
  type         = "LB"
  image        = "runpod/serverless-hello-world:latest"
  ports        = ["5000/http"]
  instance_ids = ["cpu3c-2-4"]
  workers_max  = 2
  scaler_type  = "REQUEST_COUNT"
  scaler_value = 4

  env = {
    PORT      = "5000"
    QUEUE_URL = runpod_endpoint.queue.url
  }
}

output "queue_url" {
  value = runpod_endpoint.queue.url
}

output "api_url" {
  value = runpod_endpoint.api.url
}
