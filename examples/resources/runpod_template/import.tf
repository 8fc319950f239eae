import {
  to = runpod_template.worker
  id = "ru5n1lipag"
}
