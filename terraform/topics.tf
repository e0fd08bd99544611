# docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html, sns-dead-letter-queues.html

resource "aws_sns_topic" "this" {
  for_each = local.own_topics

  name              = "${local.name}-${each.key}"
  tags              = local.tags
  kms_master_key_id = local.kms_key_arn
}

# Approvals start other work than events, so each has a separate topic with separate publishers.
resource "aws_sns_topic_policy" "this" {
  for_each = local.own_topics

  arn = aws_sns_topic.this[each.key].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid       = "PrincipalsOfThisAccountByTheirOwnPolicies"
          Effect    = "Allow"
          Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
          Action    = ["sns:Publish", "sns:Subscribe", "sns:GetTopicAttributes"]
          Resource  = aws_sns_topic.this[each.key].arn
        },
        {
          Sid       = "OnlyOverTls"
          Effect    = "Deny"
          Principal = "*"
          Action    = "sns:Publish"
          Resource  = aws_sns_topic.this[each.key].arn
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
      ],
      # docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
      each.key != "job_events" || length(local.completion_events) == 0 ? [] : [
        {
          Sid       = "CompletionEvents"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = "sns:Publish"
          Resource  = aws_sns_topic.this[each.key].arn
          Condition = { ArnEquals = { "aws:SourceArn" = local.completion_rule_arns } }
        }
      ],
      [
        for principal in each.value.publishers : {
          Sid       = "Publisher${index(each.value.publishers, principal)}"
          Effect    = "Allow"
          Principal = { AWS = principal }
          Action    = ["sns:Publish"]
          Resource  = aws_sns_topic.this[each.key].arn
        }
      ],
    )
  })
}

resource "aws_sns_topic_subscription" "router" {
  for_each = local.topics

  topic_arn = local.topic_arns[each.key]
  protocol  = "lambda"
  endpoint  = aws_lambda_alias.router.arn
  # redrive-dlq relies on this filter: a body that passes has status or decision at its top level, so it is not a forged envelope.
  filter_policy       = jsonencode(each.value.filter)
  filter_policy_scope = var.filter_policy_scope
  redrive_policy      = jsonencode({ deadLetterTargetArn = aws_sqs_queue.delivery_dlq.arn })

  # SNS drops messages until the Lambda permission and the queue policy exist.
  depends_on = [aws_sns_topic.this, aws_lambda_permission.topic, aws_lambda_function_event_invoke_config.router]
}

# Messages that SNS could not deliver. `orchestrator redrive-dlq` sends them again.
resource "aws_sqs_queue" "delivery_dlq" {
  name                      = "${local.orchestrator}-delivery-dlq"
  tags                      = local.tags
  message_retention_seconds = 14 * 24 * 60 * 60
  # SNS can write to a queue with SQS's managed encryption or a customer managed key, but not with alias/aws/sqs.
  sqs_managed_sse_enabled           = local.kms_key_arn == null ? true : null
  kms_master_key_id                 = local.kms_key_arn
  kms_data_key_reuse_period_seconds = local.kms_key_arn == null ? null : 300

  # An argument of the queue, so that SNS may write as soon as the queue exists.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "DeadLettersOfTheTopics"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.delivery_dlq_arn
        Condition = { ArnEquals = { "aws:SourceArn" = values(local.topic_arns) } }
      },
      {
        Sid       = "OnlyOverTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.delivery_dlq_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
