import {
  to = runpod_template.worker
  identity = {
    id = "ru5n1lipag"
  }
}
