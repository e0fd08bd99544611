# The release that deploy.sh uploaded. The code bucket belongs to the account, not to this stack.

data "aws_s3_object" "manifest" {
  bucket = local.code_bucket
  key    = "${local.code_prefix}/manifest.json"
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
}
