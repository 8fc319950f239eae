variable "hugging_face_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "runpod_secret" "hugging_face" {
  name             = "hugging_face_token"
  description      = "Read access to gated models."
  value_wo         = var.hugging_face_token
  value_wo_version = 1 # raise it when the value changes
}

resource "runpod_template" "worker" {
  name  = "worker"
  image = "runpod/serverless-hello-world:latest"

  env = {
    HF_TOKEN = runpod_secret.hugging_face.reference
  }
}
