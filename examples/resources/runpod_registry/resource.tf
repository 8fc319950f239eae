variable "ghcr_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

# A new password is a new credential: raise the number in the name with the version, so that both can exist while
# templates and endpoints change over.
resource "runpod_registry" "ghcr" {
  name                = "ghcr-1"
  username            = "my-organisation"
  password_wo         = var.ghcr_token
  password_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

resource "runpod_template" "private" {
  name        = "private"
  image       = "ghcr.io/my-organisation/worker:1.4.0"
  registry_id = runpod_registry.ghcr.id
}
