# IAM policies for the people around a stack, as JSON. It has no resources and needs no credentials, so an administrator can
# print the deployer's policy before the first deployment:
#   terraform -chdir=terraform/policies init
#   terraform -chdir=terraform/policies apply -var="aws_account_id=123456789012" -var="account=sandbox" -var="env=jc"
#   terraform -chdir=terraform/policies output -json policies
# The builder writes the statements (*.json). docs/iam.md explains them.

terraform {
  required_version = ">= 1.9"
}

variable "aws_account_id" {
  description = "Number of the AWS account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.aws_account_id))
    error_message = "aws_account_id: expected the 12 digits of an AWS account."
  }
}

variable "partition" {
  description = "Partition of the region, such as aws, aws-us-gov or aws-eusc."
  type        = string
  default     = "aws"

  validation {
    condition     = can(regex("^${local.partition_pattern}$", var.partition))
    error_message = "partition: expected the name of an AWS partition, such as aws, aws-us-gov or aws-eusc."
  }
}

variable "prefix" {
  description = "As in the deployment."
  type        = string
  default     = "sfly-aws-dwh"
}

variable "account" {
  description = "As in the deployment."
  type        = string
  default     = "sandbox"
}

variable "env" {
  description = "As in the deployment."
  type        = string
  default     = "jc"
}

variable "region" {
  description = "As in the deployment."
  type        = string
  default     = "us-west-1"

  validation {
    condition     = can(regex("^${local.region_pattern}$", var.region))
    error_message = "region: expected an AWS region, such as us-west-1 or eusc-de-east-1."
  }
}

variable "role_path" {
  description = "As in the deployment."
  type        = string
  default     = "/"
}

variable "airflow_role" {
  description = "Airflow role with which on-call's doctor reads DAGs through InvokeRestApi."
  type        = string
  default     = "*"
}

variable "workflow_config_s3_uri" {
  description = "As in the deployment."
  type        = string
  default     = ""
}

variable "job_events_topic_arn" {
  description = "As in the deployment."
  type        = string
  default     = ""
}

variable "job_approvals_topic_arn" {
  description = "As in the deployment."
  type        = string
  default     = ""
}

variable "permissions_boundary_arn" {
  description = "As in the deployment. The deployer may then create and change only roles with this boundary."
  type        = string
  default     = ""
}

variable "state_bucket" {
  description = "Bucket of Terraform's state (backend s3), to which the deployer reads and writes. Empty: another backend."
  type        = string
  default     = ""
}

variable "kms_key_arns" {
  description = "Customer managed keys of the stack (kms_key_arn) and of existing topics."
  type        = list(string)
  default     = []
}

variable "former_kms_key_arns" {
  description = "As in the deployment. Stored failures and running executions may still use an earlier key."
  type        = list(string)
  default     = []
}

variable "config_kms_key_arn" {
  description = "As in the deployment."
  type        = string
  default     = ""
}

locals {
  name        = "${var.prefix}-${var.account}-${var.env}"
  code_bucket = "${local.name}-code-${var.region}"

  values = {
    partition               = var.partition
    region                  = var.region
    account                 = var.aws_account_id
    name                    = local.name
    role_path               = var.role_path
    airflow_role            = var.airflow_role
    code_bucket             = local.code_bucket
    config_object           = var.workflow_config_s3_uri == "" ? "${local.code_bucket}/code/*/orchestration/workflow_config.json" : trimprefix(var.workflow_config_s3_uri, "s3://")
    job_events_topic_arn    = var.job_events_topic_arn != "" ? var.job_events_topic_arn : "arn:${var.partition}:sns:${var.region}:${var.aws_account_id}:${local.name}-job_events"
    job_approvals_topic_arn = var.job_approvals_topic_arn != "" ? var.job_approvals_topic_arn : "arn:${var.partition}:sns:${var.region}:${var.aws_account_id}:${local.name}-job_approvals"
  }

  generated = { for person in ["deployer", "deployer_resources", "publisher", "approver", "on_call", "configuration_owner"] : person => jsondecode(templatefile("${path.module}/${person}.json", local.values)) }

  # docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html: without the boundary, a deployer could give a role
  # more permissions than it has, and use the role.
  bounded   = ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
  unbounded = ["iam:DeleteRolePermissionsBoundary"]

  # docs/deploying.md, Customer managed key. The code bucket's key concerns only those who read or write the release there.
  key_users = ["kms:Decrypt", "kms:GenerateDataKey*"]
  key_statements = {
    deployer = [
      { actions = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"], keys = var.kms_key_arns },
      { actions = local.key_users, keys = concat(var.former_kms_key_arns, compact([var.config_kms_key_arn])) },
    ]
    deployer_resources  = []
    publisher           = [{ actions = local.key_users, keys = var.kms_key_arns }]
    approver            = [{ actions = local.key_users, keys = var.kms_key_arns }]
    on_call             = [{ actions = local.key_users, keys = concat(var.kms_key_arns, var.former_kms_key_arns, compact([var.config_kms_key_arn])) }]
    configuration_owner = [{ actions = local.key_users, keys = concat(var.kms_key_arns, compact([var.config_kms_key_arn])) }]
  }

  statements = {
    for person, policy in local.generated : person => concat(
      var.permissions_boundary_arn == "" ? policy.Statement : [
        for one in policy.Statement : merge(one, { Action = [for action in one.Action : action if !contains(concat(local.bounded, local.unbounded), action)] })
      ],
      [
        for one in policy.Statement : merge(one, {
          Action    = [for action in one.Action : action if contains(local.bounded, action)]
          Condition = { StringEquals = { "iam:PermissionsBoundary" = var.permissions_boundary_arn } }
        }) if var.permissions_boundary_arn != "" && contains(one.Action, "iam:CreateRole")
      ],
      # developer.hashicorp.com/terraform/language/backend/s3#permissions-required; DeleteObject removes the lock file.
      person != "deployer" || var.state_bucket == "" ? [] : [
        { Effect = "Allow", Action = ["s3:ListBucket"], Resource = "arn:${var.partition}:s3:::${var.state_bucket}" },
        { Effect = "Allow", Action = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], Resource = "arn:${var.partition}:s3:::${var.state_bucket}/*" },
      ],
      [for one in local.key_statements[person] : { Effect = "Allow", Action = one.actions, Resource = distinct(one.keys) } if length(one.keys) > 0],
    )
  }
}

output "policies" {
  description = "Policy documents as JSON: deployer and deployer_resources (together the deployer's), publisher, approver, on_call, configuration_owner."
  value       = { for person, policy in local.generated : person => jsonencode({ Version = policy.Version, Statement = local.statements[person] }) }
}
