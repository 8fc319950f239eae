data "runpod_secret" "hugging_face" {
  name = "hugging_face_token"
}

output "last_updated" {
  value = data.runpod_secret.hugging_face.value_last_updated_at
}
