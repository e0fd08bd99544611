# Before the functions: else Lambda makes them, without retention.
resource "aws_cloudwatch_log_group" "function" {
  for_each = { downstream_orchestrator = local.orchestrator, mwaa_dag = local.mwaa_dag }

  name              = "/aws/lambda/${each.value}"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.kms_key_arn
}

# Two resources, because the state machine stands between them: it calls mwaa_dag, and the router starts it.

resource "aws_lambda_function" "mwaa_dag" {
  #checkov:skip=CKV_AWS_115:the state machine starts at most 40 triggers an execution; a limit here would fail triggers
  #checkov:skip=CKV_AWS_116:it is invoked synchronously, by the state machine, which retries and records
  #checkov:skip=CKV_AWS_117:it calls public AWS endpoints only; a private MWAA web server is reached by sqs_mwaa
  #checkov:skip=CKV_AWS_173:it has no environment variables
  #checkov:skip=CKV_AWS_272:the code must have the digest that the manifest says, or the alias is not moved; signing profiles are the account's to have
  function_name    = local.mwaa_dag
  description      = "Starts a DAG run on MWAA for the state machine"
  role             = aws_iam_role.this["mwaa_dag"].arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "tasks.mwaa_dag.handler"
  s3_bucket        = local.code_bucket
  s3_key           = "${local.code_prefix}/mwaa_dag.zip"
  source_code_hash = local.manifest.packages["mwaa_dag"].code_sha256
  memory_size      = 256
  timeout          = 60
  publish          = true
  tags             = local.release_tags

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function["mwaa_dag"].name
  }

  tracing_config {
    mode = "Active"
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_function" "router" {
  #checkov:skip=CKV_AWS_116:the alias has an on-failure destination, which keeps larger events and says why
  #checkov:skip=CKV_AWS_117:it calls public AWS endpoints only
  #checkov:skip=CKV_AWS_272:the code must have the digest that the manifest says, or the alias is not moved; signing profiles are the account's to have
  function_name                  = local.orchestrator
  description                    = "Routes job events and approvals into the state machine"
  role                           = aws_iam_role.this["downstream_orchestrator"].arn
  runtime                        = "python3.13"
  architectures                  = ["arm64"]
  handler                        = "tasks.downstream_orchestrator.handler"
  s3_bucket                      = local.code_bucket
  s3_key                         = "${local.code_prefix}/downstream_orchestrator.zip"
  source_code_hash               = local.manifest.packages["downstream_orchestrator"].code_sha256
  memory_size                    = 512
  timeout                        = 90
  reserved_concurrent_executions = var.router_reserved_concurrency
  kms_key_arn                    = local.kms_key_arn
  publish                        = true
  tags                           = local.release_tags

  environment {
    variables = {
      STATE_MACHINE_ARN             = local.state_machine_arn
      STATE_MACHINE_VERSION         = element(split(":", aws_sfn_state_machine.this.state_machine_version_arn), 7)
      WORKFLOW_CONFIG_S3_URI        = local.config_s3_uri
      WORKFLOW_CONFIG_SSM_PARAMETER = local.config_parameter
      MWAA_TRIGGER_QUEUE_URL        = var.mwaa_trigger_queue_url
      REQUIRE_CONFIG                = "true"
      JOB_APPROVALS_TOPIC_ARN       = local.topic_arns["job_approvals"]
      LOG_LEVEL                     = var.log_level
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function["downstream_orchestrator"].name
  }

  tracing_config {
    mode = "Active"
  }

  depends_on = [aws_iam_role_policy.this]
}

# What was published, read back: source_code_hash only tells when to deploy, Lambda takes what is in the bucket.
data "aws_lambda_function" "published" {
  for_each = { downstream_orchestrator = aws_lambda_function.router, mwaa_dag = aws_lambda_function.mwaa_dag }

  function_name = each.value.function_name
  qualifier     = each.value.version

  lifecycle {
    postcondition {
      condition     = self.code_sha256 == local.manifest.packages[each.key].code_sha256
      error_message = "The code bucket holds another ${local.code_prefix}/${each.key}.zip than its manifest says: the alias was not moved. Deploy the release again under a version of its own."
    }
  }
}

# A published version holds code and environment, and so the state machine's version: moving the alias is the deployment.
resource "aws_lambda_alias" "router" {
  name             = "live"
  description      = "The router that SNS and replays invoke"
  function_name    = aws_lambda_function.router.function_name
  function_version = aws_lambda_function.router.version

  depends_on = [data.aws_lambda_function.published]
}

resource "aws_lambda_permission" "topic" {
  for_each = local.topics

  statement_id  = "Topic-${each.key}"
  function_name = aws_lambda_function.router.function_name
  qualifier     = aws_lambda_alias.router.name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
  # The topic's ARN holds the account: a condition on that, too, could only let fewer in.
  source_arn = aws_sns_topic.this[each.key].arn
}

# docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
resource "aws_lambda_function_event_invoke_config" "router" {
  function_name                = aws_lambda_function.router.function_name
  qualifier                    = aws_lambda_alias.router.name
  maximum_event_age_in_seconds = 6 * 60 * 60
  maximum_retry_attempts       = 2

  destination_config {
    on_failure {
      destination = aws_s3_bucket.failures.arn
    }
  }
}
