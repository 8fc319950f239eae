# { flavor = "cpu3c", vcpus = 2, memory_gb = 4 }
output "instance" {
  value = provider::runpod::parse_instance_id("cpu3c-2-4")
}
