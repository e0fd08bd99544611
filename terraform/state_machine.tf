# Vended log groups need no entry in the account's log resource policy, which has a limit of 5,120 characters:
# docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
resource "aws_cloudwatch_log_group" "state_machine" {
  name              = "/aws/vendedlogs/states/${local.orchestrator}"
  tags              = local.tags
  retention_in_days = var.log_retention_days
  kms_key_id        = local.kms_key_arn
}

resource "aws_sfn_state_machine" "this" {
  name     = local.orchestrator
  role_arn = aws_iam_role.this["state_machine"].arn
  publish  = true
  tags     = local.release_tags

  # The function's version: a version of the state machine always calls the function version of its release.
  definition = replace(
    templatefile("${local.statemachines}/downstream_orchestrator${var.wait_for_runs ? "_waiting" : ""}.asl.json", {
      glue_run_function_arn = aws_lambda_function.glue_run.qualified_arn
      mwaa_dag_function_arn = aws_lambda_function.mwaa_dag.qualified_arn
      job_events_topic_arn  = local.topic_arns["job_events"]
    }),
    "arn:aws:states:::", "arn:${local.partition}:states:::"
  )

  logging_configuration {
    level                  = "ALL"
    include_execution_data = var.include_execution_data
    log_destination        = "${aws_cloudwatch_log_group.state_machine.arn}:*"
  }

  tracing_configuration {
    enabled = true
  }

  # Always set: without it, the state machine would keep an earlier key that the role may no longer use.
  encryption_configuration {
    type                              = local.kms_key_arn == null ? "AWS_OWNED_KEY" : "CUSTOMER_MANAGED_KMS_KEY"
    kms_key_id                        = local.kms_key_arn
    kms_data_key_reuse_period_seconds = local.kms_key_arn == null ? null : 300
  }

  lifecycle {
    precondition {
      condition     = length(local.foreign_files) == 0
      error_message = "This checkout is not version ${var.code_version}: statemachines/ differs from the release in ${join(", ", local.foreign_files)}. Check out the release (git checkout v${var.code_version}), or deploy this checkout under a new version."
    }
  }

  # Step Functions checks the role when it creates the state machine, and refuses the log destination without this policy.
  depends_on = [aws_iam_role_policy.this]
}
