data "runpod_secrets" "all" {}

output "secret_names" {
  value = sort(data.runpod_secrets.all.secrets[*].name)
}
