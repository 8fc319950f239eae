data "runpod_cpu_types" "all" {}

output "memory_of_two_vcpus" {
  value = { for cpu in data.runpod_cpu_types.all.cpu_types : cpu.id => 2 * cpu.ram_gb_per_vcpu }
}
