data "runpod_templates" "all" {}

output "serverless_templates" {
  value = { for template in data.runpod_templates.all.templates : template.name => template.id if template.serverless }
}
