# Joins: the table of arrivals, and the state machine that waits for a join's deadline. None of it exists without var.joins.
# docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html, PointInTimeRecovery_Howitworks.html
locals {
  joins_table       = "${local.orchestrator}-joins"
  join_deadline     = "${local.orchestrator}-join-deadline"
  joins_table_arn   = "arn:${local.partition}:dynamodb:${var.region}:${local.account_id}:table/${local.joins_table}"
  join_deadline_arn = "arn:${local.partition}:states:${var.region}:${local.account_id}:stateMachine:${local.join_deadline}"
  # Built from names: the router's environment names the state machine, which invokes the router.
  router_arn = "arn:${local.partition}:lambda:${var.region}:${local.account_id}:function:${local.orchestrator}:live"
  join_names = { joins_table_arn = local.joins_table_arn, join_deadline_arn = local.join_deadline_arn, router_arn = local.router_arn }
  join_deadline_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for one in jsondecode(templatefile("${local.statemachines}/join_deadline.iam.json", local.join_names)).Statement : merge(one, { Resource = [one.Resource] })],
      [for keys in [compact(concat([var.kms_key_arn], var.former_kms_key_arns))] : { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = sort(keys) } if length(keys) > 0],
    )
  })
}

resource "aws_dynamodb_table" "joins" {
  count = var.joins ? 1 : 0

  name         = local.joins_table
  billing_mode = "PAY_PER_REQUEST"
  tags         = local.tags
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  # Step Functions forgets the names of executions after 90 days, too.
  ttl {
    attribute_name = "ttl"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = local.kms_key_arn != null
    kms_key_arn = local.kms_key_arn
  }
}

resource "aws_cloudwatch_log_group" "join_deadline" {
  count = var.joins ? 1 : 0

  name              = "/aws/vendedlogs/states/${local.join_deadline}"
  tags              = local.tags
  retention_in_days = var.log_retention_days
  kms_key_id        = local.kms_key_arn
}

resource "aws_iam_role" "join_deadline" {
  count = var.joins ? 1 : 0

  name                 = local.role_names["join_deadline"]
  path                 = var.role_path
  permissions_boundary = local.permissions_boundary
  tags                 = local.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "states.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { ArnLike = { "aws:SourceArn" = "${local.join_deadline_arn}*" }, StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "join_deadline" {
  count = var.joins ? 1 : 0

  name   = "join_deadline"
  role   = aws_iam_role.join_deadline[0].id
  policy = local.join_deadline_policy
}

resource "aws_sfn_state_machine" "join_deadline" {
  count = var.joins ? 1 : 0

  name     = local.join_deadline
  role_arn = aws_iam_role.join_deadline[0].arn
  tags     = local.release_tags

  definition = replace(
    templatefile("${local.statemachines}/join_deadline.asl.json", local.join_names),
    "arn:aws:states:::", "arn:${local.partition}:states:::"
  )

  logging_configuration {
    level                  = "ALL"
    include_execution_data = var.include_execution_data
    log_destination        = "${aws_cloudwatch_log_group.join_deadline[0].arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  encryption_configuration {
    type                              = local.kms_key_arn == null ? "AWS_OWNED_KEY" : "CUSTOMER_MANAGED_KMS_KEY"
    kms_key_id                        = local.kms_key_arn
    kms_data_key_reuse_period_seconds = local.kms_key_arn == null ? null : 300
  }

  depends_on = [aws_iam_role_policy.join_deadline]
}
