# The id of an endpoint is in its URL and in the Runpod console.
terraform import runpod_endpoint.sdxl i02xupws21hp6i
