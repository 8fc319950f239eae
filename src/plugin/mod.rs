//! The front door: Terraform's plugin protocol 6 over gRPC, driving tf-provider's traits.
