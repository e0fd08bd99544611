# What deploy.sh uploaded. The code bucket belongs to the account, not to this stack.

data "aws_s3_object" "manifest" {
  bucket = local.code_bucket
  key    = "${local.code_prefix}/manifest.json"
}

locals {
  manifest = jsondecode(data.aws_s3_object.manifest.body)

  # The state machine and the policies come out of this checkout: they must be those of the released code.
  foreign_files = [for name, digest in local.manifest.statemachines : name if try(filesha256("${local.statemachines}/${name}"), "missing") != digest]
}

# Read by the router only when S3 is unavailable. No parameter is better than an empty one: then events wait, and are kept.
resource "aws_ssm_parameter" "workflow_config" {
  #checkov:skip=CKV2_AWS_34:it holds names of jobs, no secret; the same text is in the code bucket
  count = var.workflow_config_fallback == "" ? 0 : 1

  name        = local.config_parameter
  description = "Workflow configuration that ${local.orchestrator} falls back to"
  type        = "String"
  tier        = length(var.workflow_config_fallback) > 4096 ? "Advanced" : "Standard"
  value       = var.workflow_config_fallback
}
