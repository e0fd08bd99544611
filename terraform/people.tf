# IAM policies for the people around this stack, for the output people_policies. The deployer's is needed before the first apply:
# terraform/policies prints it without credentials.
module "policies" {
  source = "./policies"

  partition                = local.partition
  aws_account_id           = local.account_id
  prefix                   = var.prefix
  account                  = var.account
  env                      = var.env
  region                   = var.region
  role_path                = var.role_path
  airflow_role             = var.airflow_role
  workflow_config_s3_uri   = var.workflow_config_s3_uri
  job_events_topic_arn     = var.job_events_topic_arn
  job_approvals_topic_arn  = var.job_approvals_topic_arn
  permissions_boundary_arn = var.permissions_boundary_arn
  kms_key_arns             = compact([var.kms_key_arn])
  former_kms_key_arns      = var.former_kms_key_arns
  config_kms_key_arn       = var.config_kms_key_arn
}
