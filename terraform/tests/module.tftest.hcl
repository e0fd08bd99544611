# Effects of the module's variables, without AWS: terraform test.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { name = "us-west-1" }
  }
  mock_data "aws_s3_objects" {
    defaults = { keys = ["code/1.2.3/manifest.json"] }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_s3_object" {
    defaults = {
      body = "{\"version\":\"1.2.3\",\"packages\":{\"downstream_orchestrator\":{\"code_sha256\":\"Y29kZQ==\"},\"glue_run\":{\"code_sha256\":\"Y29kZQ==\"},\"mwaa_dag\":{\"code_sha256\":\"Y29kZQ==\"}},\"statemachines\":{}}"
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

run "defaults_match_the_specification" {
  assert {
    condition     = output.workflow_config_s3_uri == "s3://sfly-aws-dwh-sandbox-jc-code-us-west-1/code/1.2.3/orchestration/workflow_config.json"
    error_message = "The URI differs from the one of deploy.sh: ${output.workflow_config_s3_uri}"
  }
  assert {
    condition     = aws_cloudwatch_log_group.function["downstream_orchestrator"].name == "/aws/lambda/sfly-aws-dwh-sandbox-jc-downstream-orchestrator"
    error_message = "The log group has another name than the function."
  }
  assert {
    condition     = aws_lambda_function.router.function_name == "sfly-aws-dwh-sandbox-jc-downstream-orchestrator" && aws_lambda_function.router.s3_key == "code/1.2.3/downstream_orchestrator.zip"
    error_message = "The router has another name or code key."
  }
  assert {
    condition     = alltrue([for one in [aws_lambda_function.router, aws_lambda_function.glue_run, aws_lambda_function.mwaa_dag] : one.runtime == "python3.13" && one.architectures == tolist(["arm64"]) && one.logging_config[0].log_format == "JSON" && one.publish])
    error_message = "A function is not Python 3.13 on arm64 with JSON logs and a published version."
  }
}

run "every_resource_has_the_tags" {
  variables {
    joins                    = true
    tags                     = { Team = "data" }
    alarm_topic_arn          = "arn:aws:sns:us-west-1:123456789012:on-call"
    completion_events        = { glue_jobs = ["vendor_job"] }
    workflow_config_fallback = "{\"workflows\":{\"job\":{\"on_success\":[]}}}"
  }
  assert {
    condition = alltrue([
      for one in concat(
        values(aws_sns_topic.this), values(aws_iam_role.this), aws_iam_role.join_deadline, values(aws_cloudwatch_log_group.function),
        [aws_cloudwatch_log_group.state_machine], aws_cloudwatch_log_group.join_deadline, [aws_s3_bucket.failures, aws_sqs_queue.delivery_dlq],
        aws_sqs_queue.completion_dlq, aws_dynamodb_table.joins, aws_ssm_parameter.workflow_config, values(aws_cloudwatch_metric_alarm.this),
        values(aws_cloudwatch_metric_alarm.execution), [aws_cloudwatch_metric_alarm.failure_bucket_not_empty],
        values(aws_cloudwatch_event_rule.execution_ended_badly), values(aws_cloudwatch_event_rule.completion),
        [aws_lambda_function.router, aws_lambda_function.glue_run, aws_lambda_function.mwaa_dag, aws_sfn_state_machine.this], aws_sfn_state_machine.join_deadline,
      ) : one.tags["Application"] == "downstream-orchestrator" && one.tags["Environment"] == "jc" && one.tags["Team"] == "data"
    ])
    error_message = "A resource has no tags: the module has no provider, so no default_tags."
  }
}

run "old_router_may_read_its_configuration_during_an_upgrade" {
  assert {
    condition     = contains(flatten([for one in output.iam_policies.downstream_orchestrator : one.resources if contains(one.actions, "s3:GetObject")]), "arn:aws:s3:::sfly-aws-dwh-sandbox-jc-code-us-west-1/code/*/orchestration/workflow_config.json")
    error_message = "The policy changes before the router, so the old router must still read its configuration."
  }
}

run "topics_filter_the_message_body" {
  assert {
    condition     = jsondecode(aws_sns_topic_subscription.router["job_events"].filter_policy) == { status = ["SUCCESS"] }
    error_message = "The filter of job_events passes other events than status=SUCCESS."
  }
  assert {
    condition     = jsondecode(aws_sns_topic_subscription.router["job_approvals"].filter_policy) == { decision = ["APPROVED"] }
    error_message = "The filter of job_approvals passes other messages than decision=APPROVED."
  }
  assert {
    condition     = alltrue([for one in aws_sns_topic_subscription.router : one.filter_policy_scope == "MessageBody" && one.endpoint == aws_lambda_alias.router.arn])
    error_message = "A subscription does not filter the body, or does not invoke the alias."
  }
}

run "topics_can_filter_attributes" {
  variables {
    filter_policy_scope = "MessageAttributes"
  }
  assert {
    condition     = alltrue([for one in aws_sns_topic_subscription.router : one.filter_policy_scope == "MessageAttributes"])
    error_message = "The subscriptions ignore filter_policy_scope."
  }
}

run "router_environment_has_every_setting" {
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
      JOB_EVENTS_TOPIC_ARN          = "arn:aws:sns:us-west-1:123456789012:sfly-aws-dwh-sandbox-jc-job_events"
      JOB_APPROVALS_TOPIC_ARN       = "arn:aws:sns:us-west-1:123456789012:sfly-aws-dwh-sandbox-jc-job_approvals"
      WAIT_FOR_RUNS                 = "false"
      JOINS_TABLE                   = ""
      JOIN_DEADLINE_ARN             = ""
      DEPLOY_ENV                    = "jc"
      LOG_LEVEL                     = "INFO"
    })
    error_message = "The router's environment differs."
  }
  assert {
    condition     = contains(flatten([for one in output.iam_policies.downstream_orchestrator : one.resources if contains(one.actions, "s3:GetObject")]), "arn:aws:s3:::elsewhere/config/workflow_config.json")
    error_message = "The router may not read its configuration."
  }
}

run "default_targets_stay_in_this_account_and_region" {
  assert {
    condition = toset(flatten([for one in output.iam_policies.state_machine : one.resources])) == toset([
      "*",
      "arn:aws:events:us-west-1:123456789012:event-bus/*",
      "arn:aws:glue:us-west-1:123456789012:job/*",
      "arn:aws:lambda:us-west-1:123456789012:function:sfly-aws-dwh-sandbox-jc-glue-run:*",
      "arn:aws:lambda:us-west-1:123456789012:function:sfly-aws-dwh-sandbox-jc-mwaa-dag:*",
      "arn:aws:sqs:us-west-1:123456789012:*",
      "arn:aws:states:us-west-1:123456789012:stateMachine:*",
      "arn:aws:states:us-west-1:123456789012:stateMachine:sfly-aws-dwh-sandbox-jc-downstream-orchestrator",
    ])
    error_message = "The state machine's policy allows resources outside this account and region."
  }
  assert {
    condition     = alltrue([for one in output.iam_policies.state_machine : alltrue([for action in one.actions : startswith(action, "logs:") || startswith(action, "xray:")]) if contains(one.resources, "*")])
    error_message = "A permission other than log delivery and tracing applies to all resources."
  }
  assert {
    condition     = contains(flatten([for one in output.iam_policies.mwaa_dag : one.resources]), "arn:aws:airflow:us-west-1:123456789012:role/*/User")
    error_message = "The policy does not name the MWAA environments of this region with the role User."
  }
}

run "allow_lists_narrow_the_policies" {
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
      "arn:aws:lambda:us-west-1:123456789012:function:sfly-aws-dwh-sandbox-jc-glue-run:*",
      "arn:aws:lambda:us-west-1:123456789012:function:sfly-aws-dwh-sandbox-jc-mwaa-dag:*",
      "arn:aws:sqs:us-west-1:123456789012:mwaa-triggers",
      "arn:aws:states:us-west-1:123456789012:stateMachine:publish_*",
      "arn:aws:states:us-west-1:123456789012:stateMachine:sfly-aws-dwh-sandbox-jc-downstream-orchestrator",
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
  assert {
    condition     = toset(flatten([for one in output.iam_policies.glue_run : one.actions if contains(one.resources, "arn:aws:glue:us-west-1:123456789012:job/load_images_to_redshift")])) == toset(["glue:GetJobRuns"])
    error_message = "The function that looks for Glue job runs may do more than look, or its policy is not narrowed."
  }
}

run "empty_allow_list_denies_every_target" {
  variables {
    glue_jobs = []
  }
  assert {
    condition     = !contains(flatten([for one in output.iam_policies.state_machine : one.actions]), "glue:StartJobRun")
    error_message = "The policy allows Glue jobs although the list is empty."
  }
}

run "customer_managed_key_encrypts_every_resource" {
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
    error_message = "A resource does not use the customer managed key."
  }
  assert {
    condition     = alltrue([for role in ["state_machine", "downstream_orchestrator"] : toset(flatten([for one in output.iam_policies[role] : one.resources if contains(one.actions, "kms:GenerateDataKey")])) == toset([var.kms_key_arn, "arn:aws:kms:us-west-1:123456789012:key/before"])])
    error_message = "A role may not use the key or its predecessor."
  }
  assert {
    condition     = alltrue([for one in ["sns.amazonaws.com", "logs.us-west-1.amazonaws.com", "delivery.logs.amazonaws.com", "210987654321", "role/sfly-aws-dwh-sandbox-jc-orchestrator-machine-us-west-1"] : strcontains(output.kms_key_policy_statements, one)])
    error_message = "The statements for the key's policy miss a principal."
  }
}

run "key_policy_statements_are_known_in_the_plan" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-west-1:123456789012:key/abc"
  }
  assert {
    condition     = length(jsondecode(output.kms_key_policy_statements)) == 5
    error_message = "The statements depend on resources that use the key."
  }
}

run "policies_of_every_role_are_known_in_the_plan" {
  command = plan

  variables {
    joins = true
  }
  assert {
    condition     = toset(keys(output.iam_policies)) == toset(["state_machine", "downstream_orchestrator", "glue_run", "mwaa_dag", "join_deadline"]) && alltrue([for one in values(output.iam_policies) : length(one) > 0])
    error_message = "The author of a permissions boundary does not see what a role needs."
  }
}

run "without_a_key_the_state_machine_uses_the_key_of_aws" {
  assert {
    condition     = aws_sfn_state_machine.this.encryption_configuration[0].type == "AWS_OWNED_KEY"
    error_message = "The state machine would retain an earlier key."
  }
}

run "fallback_configuration_creates_the_parameter" {
  variables {
    workflow_config_fallback = "{\"workflows\":{\"job\":{\"on_success\":[]}}}"
  }
  assert {
    condition     = aws_ssm_parameter.workflow_config[0].name == aws_lambda_function.router.environment[0].variables.WORKFLOW_CONFIG_SSM_PARAMETER
    error_message = "The router reads another parameter."
  }
}

run "failed_executions_notify_the_topic" {
  variables {
    alarm_topic_arn = "arn:aws:sns:us-west-1:123456789012:on-call"
  }
  assert {
    condition     = aws_cloudwatch_event_target.execution_ended_badly["failed"].arn == var.alarm_topic_arn && strcontains(aws_cloudwatch_event_target.execution_ended_badly["failed"].input_transformer[0].input_template, "orchestrator replay <arn>")
    error_message = "A failed execution does not notify the alarm topic with its replay command."
  }
}

run "without_an_alarm_topic_no_rule_exists" {
  assert {
    condition     = length(aws_cloudwatch_event_rule.execution_ended_badly) + length(aws_cloudwatch_event_target.execution_ended_badly) == 0
    error_message = "A rule without a receiver costs and does nothing."
  }
}

run "without_a_fallback_no_parameter_exists" {
  assert {
    condition     = length(aws_ssm_parameter.workflow_config) == 0
    error_message = "An empty parameter would be a configuration without triggers."
  }
}

run "alarms_notify_the_topic" {
  variables {
    alarm_topic_arn = "arn:aws:sns:us-west-1:123456789012:on-call"
  }
  assert {
    condition     = alltrue([for one in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_metric_alarm.execution), [aws_cloudwatch_metric_alarm.failure_bucket_not_empty]) : one.alarm_actions == toset([var.alarm_topic_arn]) && one.alarm_description != ""])
    error_message = "An alarm has no receiver or no advice."
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

run "publishers_in_other_accounts_are_allowed" {
  variables {
    event_publishers = ["arn:aws:iam::210987654321:role/jobs"]
  }
  assert {
    condition     = length([for one in jsondecode(aws_sns_topic_policy.this["job_events"].policy).Statement : one if one.Effect == "Allow" && one.Principal == { AWS = "arn:aws:iam::210987654321:role/jobs" }]) == 1
    error_message = "The publisher may not publish events."
  }
  assert {
    condition     = !strcontains(aws_sns_topic_policy.this["job_approvals"].policy, "210987654321")
    error_message = "A publisher of events may also approve."
  }
}

run "existing_topics_are_only_subscribed_to" {
  variables {
    job_events_topic_arn    = "arn:aws:sns:us-west-1:123456789012:theirs"
    job_approvals_topic_arn = "arn:aws:sns:us-west-1:123456789012:approvals"
  }
  assert {
    condition     = length(aws_sns_topic.this) == 0 && length(aws_sns_topic_policy.this) == 0
    error_message = "The stack creates or changes a topic, although both exist."
  }
  assert {
    condition     = aws_sns_topic_subscription.router["job_events"].topic_arn == var.job_events_topic_arn && aws_sns_topic_subscription.router["job_approvals"].topic_arn == var.job_approvals_topic_arn
    error_message = "The router is not subscribed to the existing topics."
  }
  assert {
    condition     = aws_lambda_permission.topic["job_events"].source_arn == var.job_events_topic_arn && strcontains(aws_sqs_queue.delivery_dlq.policy, var.job_events_topic_arn) && strcontains(aws_sqs_queue.delivery_dlq.policy, var.job_approvals_topic_arn)
    error_message = "The existing topics may not invoke the router or write to the dead-letter queue."
  }
  assert {
    condition     = aws_lambda_function.router.environment[0].variables["JOB_EVENTS_TOPIC_ARN"] == var.job_events_topic_arn && aws_lambda_function.router.environment[0].variables["JOB_APPROVALS_TOPIC_ARN"] == var.job_approvals_topic_arn
    error_message = "The router does not know the existing topics."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["job-events-lost"].dimensions["TopicName"] == "theirs" && aws_cloudwatch_metric_alarm.this["job-approvals-unreadable"].dimensions["TopicName"] == "approvals" && strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "\"theirs\"")
    error_message = "Alarms or dashboard watch other topics."
  }
  assert {
    condition     = output.topic_policy_statements == { job_events = "[]", job_approvals = "[]" }
    error_message = "The default policy of a topic of this account is enough."
  }
}

run "one_topic_may_exist" {
  variables {
    job_events_topic_arn = "arn:aws:sns:us-west-1:123456789012:theirs"
  }
  assert {
    condition     = keys(aws_sns_topic.this) == ["job_approvals"] && keys(output.topic_policy_statements) == ["job_events"]
    error_message = "The other topic is not created, or its policy is listed."
  }
}

run "policy_of_a_topic_of_another_account_needs_statements" {
  variables {
    job_events_topic_arn = "arn:aws:sns:us-west-1:210987654321:theirs"
    event_publishers     = ["arn:aws:iam::333333333333:role/jobs"]
    wait_for_runs        = true
    role_path            = "/data/"
  }
  assert {
    condition = { for one in jsondecode(output.topic_policy_statements["job_events"]) : one.Sid => one.Principal } == {
      SubscribeTheOrchestrator = { AWS = "arn:aws:iam::123456789012:root" }
      SuccessOfAwaitedRuns     = { AWS = "arn:aws:iam::123456789012:role/data/sfly-aws-dwh-sandbox-jc-orchestrator-machine-us-west-1" }
      Publishers               = { AWS = ["arn:aws:iam::333333333333:role/jobs"] }
    }
    error_message = "A statement is missing or has another principal: ${output.topic_policy_statements["job_events"]}"
  }
  assert {
    condition     = !contains(keys(aws_cloudwatch_metric_alarm.this), "job-events-lost") && contains(keys(aws_cloudwatch_metric_alarm.this), "job-approvals-lost")
    error_message = "CloudWatch has no metrics of another account's topic, so an alarm on them would never ring."
  }
}

run "completion_events_go_to_an_existing_topic_of_this_account" {
  variables {
    job_events_topic_arn = "arn:aws:sns:us-west-1:123456789012:theirs"
    completion_events    = { glue_jobs = ["vendor_job"] }
  }
  assert {
    condition     = aws_cloudwatch_event_target.completion["glue-jobs"].arn == var.job_events_topic_arn
    error_message = "EventBridge publishes to another topic."
  }
  assert {
    condition     = { for one in jsondecode(output.topic_policy_statements["job_events"]) : one.Sid => one.Principal } == { CompletionEvents = { Service = "events.amazonaws.com" } }
    error_message = "The statement for EventBridge is missing: ${output.topic_policy_statements["job_events"]}"
  }
}

run "completion_events_to_a_topic_of_another_account_use_the_role" {
  variables {
    job_events_topic_arn = "arn:aws:sns:us-west-1:210987654321:theirs"
    completion_events    = { glue_jobs = ["vendor_job"], state_machines = ["vendor_machine"] }
    role_path            = "/data/"
  }
  assert {
    condition     = alltrue([for one in values(aws_cloudwatch_event_target.completion) : one.arn == var.job_events_topic_arn && one.role_arn == aws_iam_role.eventbridge[0].arn])
    error_message = "EventBridge drops a message to another account's topic if the target has no role."
  }
  assert {
    condition     = toset(jsondecode(aws_iam_role.eventbridge[0].assume_role_policy).Statement[0].Condition.ArnEquals["aws:SourceArn"]) == toset([for one in values(aws_cloudwatch_event_rule.completion) : "arn:aws:events:us-west-1:123456789012:rule/${one.name}"])
    error_message = "The role trusts other rules: ${aws_iam_role.eventbridge[0].assume_role_policy}"
  }
  assert {
    condition = [for one in jsondecode(output.topic_policy_statements["job_events"]) : one if one.Sid == "CompletionEvents"] == [{
      Sid       = "CompletionEvents"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:us-west-1:210987654321:theirs"
      Condition = { ArnEquals = { "aws:PrincipalArn" = "arn:aws:iam::123456789012:role/data/${aws_iam_role.eventbridge[0].name}" } }
    }]
    error_message = "The topic's policy would not allow the role: ${output.topic_policy_statements["job_events"]}"
  }
}

run "receivers_in_another_account_get_messages_through_the_role" {
  variables {
    alarm_topic_arn            = "arn:aws:sns:us-west-1:210987654321:on-call"
    notify_topics              = ["arn:aws:sns:us-west-1:123456789012:team", "arn:aws:sns:us-west-1:333333333333:partner"]
    completion_events          = { glue_jobs = ["vendor_job"] }
    role_path                  = "/data/"
    permissions_boundary_arn   = "arn:aws:iam::123456789012:policy/boundary"
    foreign_topic_kms_key_arns = ["arn:aws:kms:us-west-1:210987654321:key/abc"]
    tags                       = { Team = "data" }
  }
  assert {
    condition     = { for one in values(aws_cloudwatch_event_target.execution_ended_badly) : one.arn => one.role_arn == null ? "none" : one.role_arn } == { (var.alarm_topic_arn) = aws_iam_role.eventbridge[0].arn, (var.notify_topics[0]) = "none", (var.notify_topics[1]) = aws_iam_role.eventbridge[0].arn }
    error_message = "Targets in other accounts need the role, and targets in this account must not have one."
  }
  assert {
    condition     = aws_cloudwatch_event_target.completion["glue-jobs"].role_arn == null
    error_message = "The stack's own topic allows EventBridge in its policy."
  }
  assert {
    condition     = aws_iam_role.eventbridge[0].path == "/data/" && aws_iam_role.eventbridge[0].permissions_boundary == var.permissions_boundary_arn && aws_iam_role.eventbridge[0].tags["Team"] == "data"
    error_message = "The role has no path, boundary or tags."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.eventbridge[0].policy).Statement == [
      { Effect = "Allow", Action = ["sns:Publish"], Resource = [var.alarm_topic_arn, var.notify_topics[1]] },
      { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = ["arn:aws:kms:us-west-1:210987654321:key/abc"], Condition = { StringEquals = { "kms:ViaService" = "sns.us-west-1.amazonaws.com" } } },
    ]
    error_message = "The role may do other things than publish to the topics of other accounts: ${aws_iam_role_policy.eventbridge[0].policy}"
  }
  assert {
    condition     = !strcontains(join("", values(aws_iam_role_policy.this)[*].policy), "key/abc")
    error_message = "Another role may use the topic's key."
  }
  assert {
    condition = jsondecode(aws_iam_role.eventbridge[0].assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        ArnEquals    = { "aws:SourceArn" = [for one in ["failed", "failed-${substr(sha256(var.notify_topics[1]), 0, 8)}"] : "arn:aws:events:us-west-1:123456789012:rule/sfly-aws-dwh-sandbox-jc-downstream-orchestrator-${one}"] }
        StringEquals = { "aws:SourceAccount" = "123456789012" }
      }
    }]
    error_message = "Something else than the rules of these topics may assume the role: ${aws_iam_role.eventbridge[0].assume_role_policy}"
  }
  assert {
    condition = { for topic, statements in output.receiver_policy_statements : topic => { for one in jsondecode(statements) : one.Sid => one.Principal } } == {
      (var.alarm_topic_arn)  = { Alarms = { Service = "cloudwatch.amazonaws.com" }, FailedExecutions = { AWS = "arn:aws:iam::123456789012:root" } }
      (var.notify_topics[0]) = { FailedExecutions = { Service = "events.amazonaws.com" } }
      (var.notify_topics[1]) = { FailedExecutions = { AWS = "arn:aws:iam::123456789012:root" } }
    }
    error_message = "A topic's policy would allow the wrong principal."
  }
  assert {
    condition     = alltrue([for topic in [var.alarm_topic_arn, var.notify_topics[1]] : [for one in jsondecode(output.receiver_policy_statements[topic]) : one.Condition.ArnEquals["aws:PrincipalArn"] if one.Sid == "FailedExecutions"] == ["arn:aws:iam::123456789012:role/data/${aws_iam_role.eventbridge[0].name}"]])
    error_message = "The topic's policy names another role than the one of the rules."
  }
}

run "role_of_eventbridge_is_known_in_the_plan" {
  command = plan

  variables {
    alarm_topic_arn = "arn:aws:sns:us-west-1:210987654321:on-call"
  }
  assert {
    condition     = output.iam_policies.eventbridge == [{ actions = ["sns:Publish"], resources = [var.alarm_topic_arn] }]
    error_message = "The author of a permissions boundary does not see what the role needs."
  }
}

run "receivers_in_this_account_need_no_role" {
  variables {
    alarm_topic_arn      = "arn:aws:sns:us-west-1:123456789012:on-call"
    notify_topics        = ["arn:aws:sns:us-west-1:123456789012:team"]
    job_events_topic_arn = "arn:aws:sns:us-west-1:123456789012:theirs"
    completion_events    = { glue_jobs = ["vendor_job"] }
  }
  assert {
    condition     = length(aws_iam_role.eventbridge) + length(aws_iam_role_policy.eventbridge) == 0 && !contains(keys(output.iam_policies), "eventbridge")
    error_message = "A role that nothing uses exists."
  }
  assert {
    condition     = alltrue([for one in concat(values(aws_cloudwatch_event_target.execution_ended_badly), values(aws_cloudwatch_event_target.completion)) : one.role_arn == null])
    error_message = "A target in this account has a role."
  }
}

run "key_of_a_topic_in_another_region_is_refused" {
  command = plan
  variables {
    foreign_topic_kms_key_arns = ["arn:aws:kms:eu-west-1:210987654321:key/abc"]
  }
  expect_failures = [var.foreign_topic_kms_key_arns]
}

run "topics_of_another_region_cannot_be_notified" {
  command = plan
  variables {
    alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:on-call"
    notify_topics   = ["arn:aws:sns:eu-west-1:123456789012:team"]
  }
  expect_failures = [var.alarm_topic_arn, var.notify_topics]
}

run "one_topic_for_both_is_refused" {
  command = plan
  variables {
    job_events_topic_arn    = "arn:aws:sns:us-west-1:123456789012:theirs"
    job_approvals_topic_arn = "arn:aws:sns:us-west-1:123456789012:theirs"
  }
  expect_failures = [var.job_approvals_topic_arn]
}

run "fifo_topic_is_refused" {
  command = plan
  variables {
    job_events_topic_arn = "arn:aws:sns:us-west-1:123456789012:theirs.fifo"
  }
  expect_failures = [var.job_events_topic_arn]
}

run "topic_of_another_region_is_refused" {
  command = plan
  variables {
    job_approvals_topic_arn = "arn:aws:sns:eu-west-1:123456789012:theirs"
  }
  expect_failures = [var.job_approvals_topic_arn]
}

run "roles_have_path_and_boundary" {
  variables {
    role_path                = "/data/"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
    kms_key_arn              = "arn:aws:kms:us-west-1:123456789012:key/abc"
    joins                    = true
  }
  assert {
    condition     = alltrue([for one in concat(values(aws_iam_role.this), aws_iam_role.join_deadline) : one.path == "/data/" && one.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"])
    error_message = "A role has no path or no boundary."
  }
  assert {
    condition     = alltrue([for one in ["machine", "router", "glue-run", "mwaa-dag", "joins"] : strcontains(output.kms_key_policy_statements, "role/data/sfly-aws-dwh-sandbox-jc-orchestrator-${one}-us-west-1")])
    error_message = "The key's policy names other roles."
  }
  assert {
    condition     = alltrue([for one in jsondecode(output.people_policies["deployer"]).Statement : try(one.Condition.StringEquals["iam:PermissionsBoundary"], "") == "arn:aws:iam::123456789012:policy/boundary" if contains(one.Action, "iam:CreateRole") || contains(one.Action, "iam:PutRolePolicy")])
    error_message = "A deployer may create a role without the boundary."
  }
  assert {
    condition     = !strcontains(output.people_policies["deployer"], "iam:DeleteRolePermissionsBoundary")
    error_message = "A deployer may remove the boundary."
  }
}

run "policies_of_people_fit_the_quota_of_iam" {
  variables {
    prefix                   = "acme-data-eu"
    env                      = "production"
    region                   = "us-west-1"
    role_path                = "/data/platform/orchestrator/"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundaries/company-boundary-of-every-role"
    kms_key_arn              = "arn:aws:kms:us-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
    former_kms_key_arns      = ["arn:aws:kms:us-west-1:123456789012:key/22222222-2222-2222-2222-222222222222"]
    config_kms_key_arn       = "arn:aws:kms:us-west-1:123456789012:key/33333333-3333-3333-3333-333333333333"
    airflow_role             = "Op"
  }
  assert {
    # docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    condition     = alltrue([for one in values(output.people_policies) : length(one) <= 6144])
    error_message = "A policy is larger than IAM accepts: ${jsonencode({ for person, one in output.people_policies : person => length(one) })}"
  }
  assert {
    condition     = toset([for person, one in output.people_policies : person if strcontains(one, "key/33333333")]) == toset(["deployer", "on_call", "configuration_owner"])
    error_message = "The key of the code bucket is missing for those who read or write there, or others may use it."
  }
  assert {
    condition     = toset([for person, one in output.people_policies : person if strcontains(one, "key/22222222")]) == toset(["deployer", "on_call"])
    error_message = "On-call cannot read failures that an earlier key encrypts."
  }
}

run "execution_data_may_stay_out_of_the_logs" {
  variables {
    include_execution_data = false
    log_level              = "WARNING"
    joins                  = true
  }
  assert {
    condition     = !strcontains(aws_cloudwatch_metric_alarm.this["failure-lost"].alarm_description, "Received event")
    error_message = "The alarm sends on-call to a log line that does not exist."
  }
  assert {
    condition     = alltrue([for one in [aws_sfn_state_machine.this, aws_sfn_state_machine.join_deadline[0]] : !one.logging_configuration[0].include_execution_data && one.logging_configuration[0].level == "ALL"])
    error_message = "A state machine writes events to its log, or no longer writes at all."
  }
}

run "default_deployment_cannot_wait_for_runs" {
  assert {
    condition     = !strcontains(aws_sfn_state_machine.this.definition, ".sync") && !strcontains(aws_iam_role_policy.this["state_machine"].policy, "events:PutRule")
    error_message = "The state machine waits, or its role may manage rules, although nobody asked for it."
  }
}

run "waiting_deployment_may_wait_for_its_targets_only" {
  variables {
    wait_for_runs  = true
    glue_jobs      = ["load_*"]
    state_machines = ["publish_*"]
  }
  assert {
    condition     = strcontains(aws_sfn_state_machine.this.definition, "glue:startJobRun.sync") && aws_lambda_function.router.environment[0].variables["WAIT_FOR_RUNS"] == "true"
    error_message = "The state machine does not wait, or the router does not know that it does."
  }
  assert {
    condition     = toset(flatten([for one in output.iam_policies.state_machine : one.resources if contains(one.actions, "states:StopExecution")])) == toset(["arn:aws:states:us-west-1:123456789012:execution:publish_*:*"])
    error_message = "The role may stop executions of other state machines."
  }
  assert {
    condition     = toset(flatten([for one in output.iam_policies.state_machine : one.resources if contains(one.actions, "glue:BatchStopJobRun")])) == toset(["arn:aws:glue:us-west-1:123456789012:job/load_*"])
    error_message = "The role may stop runs of other jobs."
  }
  assert {
    condition     = toset(flatten([for one in output.iam_policies.state_machine : one.resources if contains(one.actions, "sns:Publish")])) == toset(["arn:aws:sns:us-west-1:123456789012:sfly-aws-dwh-sandbox-jc-job_events"])
    error_message = "The role may publish to other topics."
  }
}

run "joins_are_off_by_default" {
  assert {
    condition     = length(aws_dynamodb_table.joins) == 0 && length(aws_sfn_state_machine.join_deadline) == 0 && !strcontains(aws_iam_role_policy.this["downstream_orchestrator"].policy, "dynamodb")
    error_message = "There is a table for joins, although nobody asked for it."
  }
}

run "joins_have_a_table_and_a_deadline" {
  variables {
    joins       = true
    kms_key_arn = "arn:aws:kms:us-west-1:123456789012:key/1"
  }
  assert {
    condition     = aws_dynamodb_table.joins[0].billing_mode == "PAY_PER_REQUEST" && aws_dynamodb_table.joins[0].point_in_time_recovery[0].enabled && aws_dynamodb_table.joins[0].ttl[0].attribute_name == "ttl" && aws_dynamodb_table.joins[0].server_side_encryption[0].kms_key_arn == "arn:aws:kms:us-west-1:123456789012:key/1"
    error_message = "The table is not on demand, recoverable, expiring and encrypted."
  }
  assert {
    condition     = aws_lambda_function.router.environment[0].variables["JOINS_TABLE"] == aws_dynamodb_table.joins[0].name && aws_lambda_function.router.environment[0].variables["JOIN_DEADLINE_ARN"] == "arn:aws:states:us-west-1:123456789012:stateMachine:${aws_sfn_state_machine.join_deadline[0].name}"
    error_message = "The router does not know the table or the state machine of the deadlines."
  }
  assert {
    condition     = toset(flatten([for one in output.iam_policies.downstream_orchestrator : one.resources if contains(one.actions, "dynamodb:UpdateItem")])) == toset(["arn:aws:dynamodb:us-west-1:123456789012:table/sfly-aws-dwh-sandbox-jc-downstream-orchestrator-joins"])
    error_message = "The router may not write to its table, or it may write to others."
  }
}

run "completion_events_are_off_by_default" {
  assert {
    condition     = length(aws_cloudwatch_event_rule.completion) == 0 && length(aws_sqs_queue.completion_dlq) == 0
    error_message = "There are rules for completion events, although nobody asked for them."
  }
}

run "completion_events_need_the_message_body" {
  command = plan
  variables {
    filter_policy_scope = "MessageAttributes"
    completion_events   = { glue_jobs = ["vendor_job"] }
  }
  expect_failures = [aws_cloudwatch_event_rule.completion]
}

run "completion_events_refuse_wildcards" {
  command = plan
  variables {
    completion_events = { state_machines = ["vendor_*"] }
  }
  expect_failures = [var.completion_events]
}

run "checkout_of_another_release_is_refused" {
  command = plan

  override_data {
    target = data.aws_s3_object.manifest
    values = {
      body = "{\"packages\":{\"downstream_orchestrator\":{\"code_sha256\":\"Y29kZQ==\"},\"glue_run\":{\"code_sha256\":\"Y29kZQ==\"},\"mwaa_dag\":{\"code_sha256\":\"Y29kZQ==\"}},\"statemachines\":{\"downstream_orchestrator.asl.json\":\"another\"}}"
    }
  }
  expect_failures = [aws_sfn_state_machine.this]
}

run "code_that_differs_from_the_manifest_is_refused" {
  command = plan

  override_data {
    target = data.aws_lambda_function.published["downstream_orchestrator"]
    values = { code_sha256 = "another" }
  }
  expect_failures = [data.aws_lambda_function.published["downstream_orchestrator"]]
}

run "invalid_values_are_refused" {
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
    aws_account_id           = "sandbox"
    role_path                = "data"
    permissions_boundary_arn = "boundary"
    job_events_topic_arn     = "topic"
  }
  expect_failures = [
    var.prefix, var.code_version, var.workflow_config_s3_uri, var.mwaa_trigger_queue_url, var.filter_policy_scope, var.workflow_config_fallback,
    var.airflow_role, var.kms_key_arn, var.alarm_topic_arn, var.log_level, var.mwaa_environments, var.aws_account_id, var.role_path,
    var.permissions_boundary_arn, var.job_events_topic_arn,
  ]
}

run "text_that_is_no_region_is_refused" {
  command = plan
  variables {
    region            = "us-west-1a"
    mwaa_environments = ["mars-1/dwh-airflow"]
  }
  expect_failures = [var.region, var.mwaa_environments]
}

run "unknown_partition_is_refused" {
  command = plan
  variables {
    kms_key_arn = "arn:aws-eu:kms:eu-west-1:123456789012:key/abc"
  }
  expect_failures = [var.kms_key_arn]
}

# The provider, version 5.100, refuses ARNs in eusc-de-east-1 itself: "invalid region value".
run "isolated_region_is_accepted" {
  command = plan
  variables {
    region                   = "us-iso-east-1"
    mwaa_environments        = ["eusc-de-east-1/ours", "us-iso-east-1/theirs", "us-gov-west-1/*"]
    permissions_boundary_arn = "arn:aws-eusc:iam::123456789012:policy/boundary"
    kms_key_arn              = "arn:aws-iso:kms:us-iso-east-1:123456789012:key/abc"
    notify_topics            = ["arn:aws-iso:sns:us-iso-east-1:123456789012:team"]
  }
  override_data {
    target = data.aws_region.current
    values = { name = "us-iso-east-1" }
  }
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-iso" }
  }
  assert {
    condition     = local.state_machine_arn == "arn:aws-iso:states:us-iso-east-1:123456789012:stateMachine:sfly-aws-dwh-sandbox-jc-downstream-orchestrator"
    error_message = "The state machine is in another partition or region."
  }
}

run "too_long_names_are_refused" {
  command = plan

  variables {
    env = "an-environment-with-quite-a-long-name"
  }
  expect_failures = [var.env]
}
