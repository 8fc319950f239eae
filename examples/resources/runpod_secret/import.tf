import {
  to = runpod_secret.hugging_face
  id = "4f1b2c9d8e7a"
}
