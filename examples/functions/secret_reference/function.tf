# {{ RUNPOD_SECRET_hugging_face_token }}
output "reference" {
  value = provider::runpod::secret_reference("hugging_face_token")
}
