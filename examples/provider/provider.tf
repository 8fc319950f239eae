terraform {
  required_providers {
    runpod = {
      source  = "terraform-runpod/runpod"
      version = "~> 0.1"
    }
  }
}

# The key comes from the environment variable RUNPOD_API_KEY.
provider "runpod" {
  request_timeout = 30
  max_retries     = 4
}
