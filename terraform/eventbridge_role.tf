# The role with which EventBridge publishes to topics of other accounts. Without it, EventBridge drops these messages. A topic of this
# account allows EventBridge in its own policy, so then no role exists.
# docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html
locals {
  # Topics by rule. The stack's own topic is not among them, because the account can be unknown in the plan: ADR 17.
  event_topics = merge(
    { for key, one in local.failure_receivers : key => one.topic },
    { for key in keys(local.completion_events) : key => local.topic_arns["job_events"] if local.topics["job_events"].existing != "" },
  )
  foreign_topics = { for key, topic in local.event_topics : key => topic if element(split(":", topic), 4) != local.account_id }
  # Built from names, because the topics' policies are needed before the rules exist.
  event_rule_arns = { for key in keys(local.event_topics) : key => "arn:${local.partition}:events:${var.region}:${local.account_id}:rule/${local.orchestrator}-${key}" }

  eventbridge_role_name = "${local.name}-orchestrator-events-${var.region}"
  eventbridge_role_arn  = "arn:${local.partition}:iam::${local.account_id}:role${var.role_path}${local.eventbridge_role_name}"

  eventbridge_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = ["sns:Publish"], Resource = sort(distinct(values(local.foreign_topics))) }],
      # docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
      [for keys in [var.foreign_topic_kms_key_arns] : {
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = sort(keys)
        Condition = { StringEquals = { "kms:ViaService" = "sns.${var.region}.amazonaws.com" } }
      } if length(keys) > 0],
    )
  })

  # A condition names the role, because a topic's policy cannot name a role that does not exist yet.
  eventbridge_role_statement = {
    Effect    = "Allow"
    Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
    Action    = "sns:Publish"
    Condition = { ArnEquals = { "aws:PrincipalArn" = local.eventbridge_role_arn } }
  }
}

resource "aws_iam_role" "eventbridge" {
  count = length(local.foreign_topics) > 0 ? 1 : 0

  name                 = local.eventbridge_role_name
  path                 = var.role_path
  permissions_boundary = local.permissions_boundary
  tags                 = local.tags
  # docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        ArnEquals    = { "aws:SourceArn" = [for key in keys(local.foreign_topics) : local.event_rule_arns[key]] }
        StringEquals = { "aws:SourceAccount" = local.account_id }
      }
    }]
  })
}

resource "aws_iam_role_policy" "eventbridge" {
  count = length(local.foreign_topics) > 0 ? 1 : 0

  name   = "eventbridge"
  role   = aws_iam_role.eventbridge[0].id
  policy = local.eventbridge_policy
}
