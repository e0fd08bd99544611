# What the module makes of its variables, without AWS: terraform test.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_s3_object" {
    defaults = {
      body = "{\"version\":\"1.2.3\",\"packages\":{\"downstream_orchestrator\":{\"code_sha256\":\"Y29kZQ==\"},\"mwaa_dag\":{\"code_sha256\":\"Y29kZQ==\"}},\"statemachines\":{}}"
    }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::failures" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-west-1:123456789012:log-group:mocked" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mocked" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-west-1:123456789012:mocked" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-west-1:123456789012:mocked" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { qualified_arn = "arn:aws:lambda:us-west-1:123456789012:function:mocked:7", version = "7" }
  }
  mock_data "aws_lambda_function" {
    defaults = { code_sha256 = "Y29kZQ==" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:us-west-1:123456789012:function:mocked:live" }
  }
  mock_resource "aws_sfn_state_machine" {
    defaults = {
      arn                       = "arn:aws:states:us-west-1:123456789012:stateMachine:mocked"
      state_machine_version_arn = "arn:aws:states:us-west-1:123456789012:stateMachine:mocked:5"
    }
  }
}

variables {
  code_version = "1.2.3"
}

run "defaults_are_the_specifications_example" {
  assert {
    condition     = output.workflow_config_s3_uri == "s3://sfly-aws-dwh-sandbox-jc-code-us-west-1/code/1.2.3/orchestration/workflow_config.json"
    error_message = "The URI is not the one that deploy.sh uploads to: ${output.workflow_config_s3_uri}"
  }
  assert {
    condition     = aws_cloudwatch_log_group.function["downstream_orchestrator"].name == "/aws/lambda/sfly-aws-dwh-sandbox-jc-downstream-orchestrator"
    error_message = "The log group is not named after the function."
  }
  assert {
    condition     = aws_lambda_function.router.function_name == "sfly-aws-dwh-sandbox-jc-downstream-orchestrator" && aws_lambda_function.router.s3_key == "code/1.2.3/downstream_orchestrator.zip"
    error_message = "The router's name or its code's key."
  }
  assert {
    condition     = alltrue([for one in [aws_lambda_function.router, aws_lambda_function.mwaa_dag] : one.runtime == "python3.13" && one.architectures == tolist(["arm64"]) && one.logging_config[0].log_format == "JSON" && one.publish])
    error_message = "Functions are Python 3.13, arm64, with JSON logs, and published."
  }
}

run "a_router_may_read_its_own_releases_configuration_while_the_next_is_applied" {
  assert {
    condition     = contains(flatten([for one in output.iam_policies.downstream_orchestrator : one.resources if contains(one.actions, "s3:GetObject")]), "arn:aws:s3:::sfly-aws-dwh-sandbox-jc-code-us-west-1/code/*/orchestration/workflow_config.json")
    error_message = "The policy changes before the router does: the old one must still read its configuration."
  }
}

run "topics_filter_the_message_body" {
  assert {
    condition     = jsondecode(aws_sns_topic_subscription.router["job_events"].filter_policy) == { status = ["SUCCESS"] }
    error_message = "job_events lets other events pass than status=SUCCESS."
  }
  assert {
    condition     = jsondecode(aws_sns_topic_subscription.router["job_approvals"].filter_policy) == { decision = ["APPROVED"] }
    error_message = "job_approvals lets others pass than decision=APPROVED."
  }
  assert {
    condition     = alltrue([for one in aws_sns_topic_subscription.router : one.filter_policy_scope == "MessageBody" && one.endpoint == aws_lambda_alias.router.arn])
    error_message = "Subscriptions filter the body and invoke the alias."
  }
}

run "topics_can_filter_attributes" {
  variables {
    filter_policy_scope = "MessageAttributes"
  }
  assert {
    condition     = alltrue([for one in aws_sns_topic_subscription.router : one.filter_policy_scope == "MessageAttributes"])
    error_message = "filter_policy_scope is not passed on."
  }
}

run "the_routers_environment" {
  variables {
    workflow_config_s3_uri = "s3://elsewhere/config/workflow_config.json"
    mwaa_trigger_queue_url = "https://sqs.us-west-1.amazonaws.com/123456789012/mwaa-triggers"
  }
  assert {
    condition = aws_lambda_function.router.environment[0].variables == tomap({
      STATE_MACHINE_ARN             = "arn:aws:states:us-west-1:123456789012:stateMachine:sfly-aws-dwh-sandbox-jc-downstream-orchestrator"
      STATE_MACHINE_VERSION         = "5"
      WORKFLOW_CONFIG_S3_URI        = "s3://elsewhere/config/workflow_config.json"
      WORKFLOW_CONFIG_SSM_PARAMETER = "/sfly-aws-dwh-sandbox-jc/downstream-orchestrator/workflow-config"
      MWAA_TRIGGER_QUEUE_URL        = "https://sqs.us-west-1.amazonaws.com/123456789012/mwaa-triggers"
      REQUIRE_CONFIG                = "true"
      JOB_APPROVALS_TOPIC_ARN       = "arn:aws:sns:us-west-1:123456789012:sfly-aws-dwh-sandbox-jc-job_approvals"
      LOG_LEVEL                     = "INFO"
    })
    error_message = "The router's environment."
  }
  assert {
    condition     = contains(flatten([for one in output.iam_policies.downstream_orchestrator : one.resources if contains(one.actions, "s3:GetObject")]), "arn:aws:s3:::elsewhere/config/workflow_config.json")
    error_message = "The router may not read the configuration that it is told to read."
  }
}

run "by_default_targets_are_this_accounts_and_regions" {
  assert {
    condition = toset(flatten([for one in output.iam_policies.state_machine : one.resources])) == toset([
      "*",
      "arn:aws:events:us-west-1:123456789012:event-bus/*",
      "arn:aws:glue:us-west-1:123456789012:job/*",
      "arn:aws:lambda:us-west-1:123456789012:function:sfly-aws-dwh-sandbox-jc-mwaa-dag:*",
      "arn:aws:sqs:us-west-1:123456789012:*",
      "arn:aws:states:us-west-1:123456789012:stateMachine:*",
    ])
    error_message = "The state machine's policy reaches beyond this account and region."
  }
  assert {
    condition     = alltrue([for one in output.iam_policies.state_machine : alltrue([for action in one.actions : startswith(action, "logs:") || startswith(action, "xray:")]) if contains(one.resources, "*")])
    error_message = "Something else than log delivery and tracing is granted on everything."
  }
  assert {
    condition     = contains(flatten([for one in output.iam_policies.mwaa_dag : one.resources]), "arn:aws:airflow:us-west-1:123456789012:role/*/User")
    error_message = "MWAA environments of this region, as User."
  }
}

run "allow_lists_narrow_what_may_be_started" {
  variables {
    glue_jobs         = ["load_images_to_redshift"]
    state_machines    = ["publish_*"]
    event_buses       = ["default", "arn:aws:events:us-west-1:210987654321:event-bus/theirs"]
    queues            = ["mwaa-triggers"]
    mwaa_environments = ["ours", "us-west-2/dwh-airflow"]
    airflow_role      = "Op"
  }
  assert {
    condition = toset(flatten([for one in output.iam_policies.state_machine : one.resources])) == toset([
      "*",
      "arn:aws:events:us-west-1:123456789012:event-bus/default",
      "arn:aws:events:us-west-1:210987654321:event-bus/theirs",
      "arn:aws:glue:us-west-1:123456789012:job/load_images_to_redshift",
      "arn:aws:lambda:us-west-1:123456789012:function:sfly-aws-dwh-sandbox-jc-mwaa-dag:*",
      "arn:aws:sqs:us-west-1:123456789012:mwaa-triggers",
      "arn:aws:states:us-west-1:123456789012:stateMachine:publish_*",
    ])
    error_message = "The allow-lists do not narrow the state machine's policy."
  }
  assert {
    condition = setsubtract(flatten([for one in output.iam_policies.mwaa_dag : one.resources if contains(one.actions, "airflow:InvokeRestApi")]), []) == toset([
      "arn:aws:airflow:us-west-1:123456789012:role/ours/Op",
      "arn:aws:airflow:us-west-2:123456789012:role/dwh-airflow/Op",
    ])
    error_message = "The allow-list does not narrow the MWAA function's policy."
  }
}

run "an_empty_allow_list_allows_nothing" {
  variables {
    glue_jobs = []
  }
  assert {
    condition     = !contains(flatten([for one in output.iam_policies.state_machine : one.actions]), "glue:StartJobRun")
    error_message = "No Glue job was named, and Glue jobs may be started all the same."
  }
}

run "a_key_of_the_customer_is_used_everywhere_and_may_be_used" {
  variables {
    kms_key_arn         = "arn:aws:kms:us-west-1:123456789012:key/abc"
    former_kms_key_arns = ["arn:aws:kms:us-west-1:123456789012:key/before"]
    event_publishers    = ["arn:aws:iam::210987654321:role/jobs"]
  }
  assert {
    condition = alltrue([
      for key in concat(
        [for one in aws_sns_topic.this : one.kms_master_key_id],
        [for one in aws_cloudwatch_log_group.function : one.kms_key_id],
        [aws_sqs_queue.delivery_dlq.kms_master_key_id, aws_cloudwatch_log_group.state_machine.kms_key_id, aws_lambda_function.router.kms_key_arn, aws_sfn_state_machine.this.encryption_configuration[0].kms_key_id],
      ) : key == var.kms_key_arn
    ])
    error_message = "Something is not under the customer's key."
  }
  assert {
    condition     = alltrue([for role in ["state_machine", "downstream_orchestrator"] : toset(flatten([for one in output.iam_policies[role] : one.resources if contains(one.actions, "kms:GenerateDataKey")])) == toset([var.kms_key_arn, "arn:aws:kms:us-west-1:123456789012:key/before"])])
    error_message = "A role may not use the key, or what was written under the one before."
  }
  assert {
    condition     = alltrue([for one in ["sns.amazonaws.com", "logs.us-west-1.amazonaws.com", "delivery.logs.amazonaws.com", "210987654321", "role/sfly-aws-dwh-sandbox-jc-orchestrator-machine-us-west-1"] : strcontains(output.kms_key_policy_statements, one)])
    error_message = "The key's policy leaves somebody out."
  }
}

run "the_keys_policy_is_known_before_the_first_apply" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-west-1:123456789012:key/abc"
  }
  assert {
    condition     = length(jsondecode(output.kms_key_policy_statements)) == 5
    error_message = "The statements must not depend on what is made under the key."
  }
}

run "without_a_key_the_state_machine_goes_back_to_awss_own" {
  assert {
    condition     = aws_sfn_state_machine.this.encryption_configuration[0].type == "AWS_OWNED_KEY"
    error_message = "A key that is no longer named would stay."
  }
}

run "a_fallback_is_made_only_where_there_is_one" {
  variables {
    workflow_config_fallback = "{\"workflows\":{\"job\":{\"on_success\":[]}}}"
  }
  assert {
    condition     = aws_ssm_parameter.workflow_config[0].name == aws_lambda_function.router.environment[0].variables.WORKFLOW_CONFIG_SSM_PARAMETER
    error_message = "The parameter is not the one that the router reads."
  }
}

run "no_fallback_no_parameter" {
  assert {
    condition     = length(aws_ssm_parameter.workflow_config) == 0
    error_message = "A placeholder would be a configuration that triggers nothing."
  }
}

run "alarms_tell_the_topic" {
  variables {
    alarm_topic_arn = "arn:aws:sns:us-west-1:123456789012:on-call"
  }
  assert {
    condition     = alltrue([for one in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_metric_alarm.execution), [aws_cloudwatch_metric_alarm.failure_bucket_not_empty]) : one.alarm_actions == toset([var.alarm_topic_arn]) && one.alarm_description != ""])
    error_message = "An alarm tells nobody, or not what to do."
  }
  assert {
    condition = toset(concat(keys(aws_cloudwatch_metric_alarm.this), keys(aws_cloudwatch_metric_alarm.execution))) == toset([
      "router-errors", "router-throttles", "failure-kept", "failure-lost", "delivery-dlq-not-empty", "config-fallback", "duplicate-conflict",
      "job-events-lost", "job-approvals-lost", "job-events-unreadable", "job-approvals-unreadable",
      "execution-failed", "execution-timed-out", "execution-aborted",
    ])
    error_message = "An alarm is missing."
  }
}

run "another_accounts_publishers" {
  variables {
    event_publishers = ["arn:aws:iam::210987654321:role/jobs"]
  }
  assert {
    condition     = length([for one in jsondecode(aws_sns_topic_policy.this["job_events"].policy).Statement : one if one.Effect == "Allow" && one.Principal == { AWS = "arn:aws:iam::210987654321:role/jobs" }]) == 1
    error_message = "The publisher may not publish events."
  }
  assert {
    condition     = !strcontains(aws_sns_topic_policy.this["job_approvals"].policy, "210987654321")
    error_message = "Who may publish events may approve."
  }
}

run "a_checkout_of_another_release_is_refused" {
  command = plan

  override_data {
    target = data.aws_s3_object.manifest
    values = {
      body = "{\"packages\":{\"downstream_orchestrator\":{\"code_sha256\":\"Y29kZQ==\"},\"mwaa_dag\":{\"code_sha256\":\"Y29kZQ==\"}},\"statemachines\":{\"downstream_orchestrator.asl.json\":\"another\"}}"
    }
  }
  expect_failures = [aws_sfn_state_machine.this]
}

run "code_that_is_not_the_manifests_is_refused" {
  command = plan

  override_data {
    target = data.aws_lambda_function.published["downstream_orchestrator"]
    values = { code_sha256 = "another" }
  }
  expect_failures = [data.aws_lambda_function.published["downstream_orchestrator"]]
}

run "bad_values_are_refused" {
  command = plan

  variables {
    prefix                   = "Has_Capitals"
    code_version             = "../elsewhere"
    workflow_config_s3_uri   = "https://bucket/key"
    mwaa_trigger_queue_url   = "queue"
    filter_policy_scope      = "Body"
    workflow_config_fallback = "{}"
    airflow_role             = "Viewer"
    kms_key_arn              = "alias/aws/sqs"
    alarm_topic_arn          = "on-call"
    log_level                = "info"
    mwaa_environments        = ["a/b/c"]
  }
  expect_failures = [
    var.prefix, var.code_version, var.workflow_config_s3_uri, var.mwaa_trigger_queue_url, var.filter_policy_scope, var.workflow_config_fallback,
    var.airflow_role, var.kms_key_arn, var.alarm_topic_arn, var.log_level, var.mwaa_environments,
  ]
}

run "names_that_are_too_long_are_refused" {
  command = plan

  variables {
    env = "an-environment-with-quite-a-long-name"
  }
  expect_failures = [var.env]
}
