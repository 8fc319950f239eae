# Import blocks for every endpoint of the account, made by the provider itself:
#
#   terraform init
#   terraform apply
#   terraform output -raw import_blocks > imports.tf
#   terraform plan -generate-config-out=endpoints.tf
#   terraform apply
#
# Afterwards imports.tf and this file have done their work; endpoints.tf is yours.
terraform {
  required_providers {
    runpod = {
      source = "terraform-runpod/runpod"
    }
  }
}

data "runpod_endpoints" "all" {}

output "import_blocks" {
  value = join("\n", [
    for endpoint in data.runpod_endpoints.all.endpoints : <<-EOT
      # ${endpoint.name}
      import {
        to = runpod_endpoint.imported_${endpoint.id}
        id = "${endpoint.id}"
      }
    EOT
  ])
}
