# Created before the functions; otherwise Lambda creates them without retention.
resource "aws_cloudwatch_log_group" "function" {
  for_each = { downstream_orchestrator = local.orchestrator, glue_run = local.glue_run, mwaa_dag = local.mwaa_dag }

  name              = "/aws/lambda/${each.value}"
  tags              = local.tags
  retention_in_days = var.log_retention_days
  kms_key_id        = local.kms_key_arn
}

# Separate resources, because the state machine depends on mwaa_dag and glue_run, and the router depends on the state machine.

# Searches for a Glue job run after a start without an answer. It may not start one.
resource "aws_lambda_function" "glue_run" {
  #checkov:skip=CKV_AWS_115:it runs on failing paths only, and the state machine retries a throttled call
  #checkov:skip=CKV_AWS_116:the state machine invokes it synchronously, retries, and records failures
  #checkov:skip=CKV_AWS_117:it calls public AWS endpoints only
  #checkov:skip=CKV_AWS_173:it has no environment variables
  #checkov:skip=CKV_AWS_272:the alias moves only to code with the manifest's digest; signing profiles belong to the account
  function_name    = local.glue_run
  description      = "Looks for a Glue job run whose start gave no answer; starts none"
  role             = aws_iam_role.this["glue_run"].arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "tasks.glue_run.handler"
  s3_bucket        = local.code_bucket
  s3_key           = "${local.code_prefix}/glue_run.zip"
  source_code_hash = local.manifest.packages["glue_run"].code_sha256
  memory_size      = 512
  timeout          = 80
  publish          = true
  tags             = local.release_tags

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function["glue_run"].name
  }

  tracing_config {
    mode = "Active"
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_function" "mwaa_dag" {
  #checkov:skip=CKV_AWS_115:the state machine starts at most 40 triggers per execution; a limit here would fail triggers
  #checkov:skip=CKV_AWS_116:the state machine invokes it synchronously, retries, and records failures
  #checkov:skip=CKV_AWS_117:it calls public AWS endpoints only; sqs_mwaa is for private MWAA web servers
  #checkov:skip=CKV_AWS_173:it has no environment variables
  #checkov:skip=CKV_AWS_272:the alias moves only to code with the manifest's digest; signing profiles belong to the account
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
  #checkov:skip=CKV_AWS_116:the alias has an on-failure destination, which stores larger events with the error
  #checkov:skip=CKV_AWS_117:it calls public AWS endpoints only
  #checkov:skip=CKV_AWS_272:the alias moves only to code with the manifest's digest; signing profiles belong to the account
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
      JOB_EVENTS_TOPIC_ARN          = local.topic_arns["job_events"]
      JOB_APPROVALS_TOPIC_ARN       = local.topic_arns["job_approvals"]
      WAIT_FOR_RUNS                 = tostring(var.wait_for_runs)
      JOINS_TABLE                   = var.joins ? local.joins_table : ""
      JOIN_DEADLINE_ARN             = var.joins ? local.join_deadline_arn : ""
      DEPLOY_ENV                    = var.env
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

# The published version, read back: source_code_hash only decides when to deploy, and Lambda loads the object in the bucket.
data "aws_lambda_function" "published" {
  for_each = {
    downstream_orchestrator = aws_lambda_function.router
    glue_run                = aws_lambda_function.glue_run
    mwaa_dag                = aws_lambda_function.mwaa_dag
  }

  function_name = each.value.function_name
  qualifier     = each.value.version

  lifecycle {
    postcondition {
      condition     = self.code_sha256 == local.manifest.packages[each.key].code_sha256
      error_message = "The code bucket has a ${local.code_prefix}/${each.key}.zip that differs from its manifest, so the alias did not move. Deploy the release again under a new version."
    }
  }
}

# A published version fixes code and environment, including the state machine's version. Moving the alias is the deployment.
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
  # The topic's ARN contains the account, so a condition on the account is not needed.
  source_arn = local.topic_arns[each.key]
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
