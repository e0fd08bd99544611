# The release that deploy.sh uploaded. The code bucket belongs to the account, not to this stack.

# Terraform prints the first line of a data source that fails, so its comment is the advice for errors of S3.
data "aws_s3_objects" "release" { # NoSuchBucket: create the code bucket, then run ./deploy.sh (docs/deploying.md). AccessDenied: another account owns it, or s3:ListBucket is missing; run aws sts get-caller-identity
  bucket = local.code_bucket
  prefix = "${local.code_prefix}/manifest.json"

  lifecycle {
    postcondition {
      condition     = contains(self.keys, "${local.code_prefix}/manifest.json")
      error_message = "Version ${var.code_version} is not in s3://${local.code_bucket}/code/. Nothing was changed. Check out the release and upload it: ./deploy.sh --prefix=${var.prefix} --account=${var.account} --env=${var.env} --region=${var.region} --version=${var.code_version}. To see the uploaded versions: aws s3 ls s3://${local.code_bucket}/code/"
    }
  }

  depends_on = [data.aws_caller_identity.current, data.aws_region.current]
}

data "aws_s3_object" "manifest" {
  bucket = data.aws_s3_objects.release.bucket
  key    = data.aws_s3_objects.release.prefix
}

locals {
  manifest = jsondecode(data.aws_s3_object.manifest.body)

  # The state machine and the policies come from this checkout, so they must equal those of the release.
  foreign_files = [for name, digest in local.manifest.statemachines : name if try(filesha256("${local.statemachines}/${name}"), "missing") != digest]
}

# The router reads it only when S3 is unavailable. Without a parameter, events wait and are stored.
resource "aws_ssm_parameter" "workflow_config" {
  #checkov:skip=CKV2_AWS_34:it has names of jobs and no secrets; the same text is in the code bucket
  count = var.workflow_config_fallback == "" ? 0 : 1

  name        = local.config_parameter
  description = "Fallback workflow configuration of ${local.orchestrator}"
  type        = "String"
  tier        = length(var.workflow_config_fallback) > 4096 ? "Advanced" : "Standard"
  value       = var.workflow_config_fallback
  tags        = local.tags
}
