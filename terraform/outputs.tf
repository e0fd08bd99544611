output "topic_arns" {
  description = "Where job events and approvals are published."
  value       = { for topic, resource in aws_sns_topic.this : topic => resource.arn }
}

output "router_function_name" {
  description = "The router; its alias live is what runs."
  value       = aws_lambda_function.router.function_name
}

output "state_machine_arn" {
  description = "The state machine, whose executions are in the console."
  value       = aws_sfn_state_machine.this.arn
}

output "state_machine_version_arn" {
  description = "The state machine's version that the router starts."
  value       = aws_sfn_state_machine.this.state_machine_version_arn
}

output "workflow_config_s3_uri" {
  description = "Where the configuration is read: an upload there takes effect with the next event."
  value       = local.config_s3_uri
}

output "delivery_dlq_url" {
  description = "Events that SNS could not deliver."
  value       = aws_sqs_queue.delivery_dlq.url
}

output "failure_bucket" {
  description = "Events that the router failed on three times."
  value       = aws_s3_bucket.failures.id
}

output "iam_policies" {
  description = "Every action and resource granted to each role."
  value       = { for role, policy in local.policies : role => [for one in jsondecode(policy).Statement : { actions = one.Action, resources = one.Resource }] }
}

# Nothing in it depends on what is made under the key: a plan shows it.
# docs.aws.amazon.com/sns/latest/dg/sns-key-management.html, docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html,
# docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
output "kms_key_policy_statements" {
  description = "What the policy of kms_key_arn must hold beside its administrators before the first apply, as JSON."
  value = jsonencode([
    {
      Sid       = "TopicsAndDeadLetters"
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
      Resource  = "*"
    },
    {
      Sid       = "LogGroups"
      Effect    = "Allow"
      Principal = { Service = "logs.${var.region}.amazonaws.com" }
      Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      Resource  = "*"
      Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:*" } }
    },
    {
      Sid       = "LogDeliveryOfTheStateMachine"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = { StringLike = { "kms:EncryptionContext:SourceArn" = "arn:${local.partition}:logs:${var.region}:${local.account_id}:*" } }
    },
    {
      # Named by a condition: a key's policy cannot name a role that is not there yet.
      Sid       = "RolesOfTheOrchestrator"
      Effect    = "Allow"
      Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = { ArnEquals = { "aws:PrincipalArn" = [for role in values(local.role_names) : "arn:${local.partition}:iam::${local.account_id}:role/${local.name}-${role}-${var.region}"] } }
    },
    {
      # Who publishes to an encrypted topic uses the key; principals of this account need the two actions in their own policies, too.
      Sid       = "Publishers"
      Effect    = "Allow"
      Principal = { AWS = concat(["arn:${local.partition}:iam::${local.account_id}:root"], var.event_publishers, var.approval_publishers) }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = "*"
      Condition = { StringEquals = { "kms:ViaService" = "sns.${var.region}.amazonaws.com" } }
    },
  ])
}
