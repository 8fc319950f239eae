resource "runpod_secret" "hugging_face" {
  name             = "hugging_face_token"
  value_wo         = var.hugging_face_token
  value_wo_version = 1
}

variable "hugging_face_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

# A serverless template: what the workers of endpoints run.
resource "runpod_template" "worker" {
  name  = "worker"
  image = "runpod/serverless-hello-world:latest"
  disk  = 10

  env = {
    MODEL    = "stabilityai/sdxl-turbo"
    HF_TOKEN = runpod_secret.hugging_face.reference
  }
}

resource "runpod_endpoint" "sdxl" {
  name              = "sdxl"
  template_id       = runpod_template.worker.id
  template_revision = runpod_template.worker.revision
  gpu_ids           = ["AMPERE_16", "AMPERE_24"]
}
