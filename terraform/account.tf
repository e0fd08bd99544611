# The account and region of the provider that the caller hands in. A module has no provider block: terraform/examples show it.
# Other data sources and resources follow these checks, so a wrong account or region is the first error.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {
  lifecycle {
    postcondition {
      condition     = var.aws_account_id == "" || self.account_id == var.aws_account_id
      error_message = "The credentials are of account ${self.account_id}, expected ${var.aws_account_id} (aws_account_id). Nothing was changed. Choose other credentials (export AWS_PROFILE=...; aws sts get-caller-identity shows the account), or correct aws_account_id."
    }
  }
}

data "aws_region" "current" {
  lifecycle {
    postcondition {
      condition     = self.name == var.region
      error_message = "The AWS provider is in region ${self.name}, expected ${var.region} (region). Nothing was changed. Run: export AWS_REGION=${var.region}. In a configuration with a provider block, set its region to ${var.region}, or the module's region to ${self.name}."
    }
  }
}
