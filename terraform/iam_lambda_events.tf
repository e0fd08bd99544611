# Roles and their policies. The builder generates the statements (statemachines/*.iam.json) from the states and calls that need
# them. This file names them and narrows them to the allow-lists in the variables.

locals {
  # ARNs built from names, so that a plan shows the policies: the author of a permissions boundary needs them before the apply.
  policy_names = {
    partition              = local.partition
    region                 = var.region
    account                = local.account_id
    airflow_role           = var.airflow_role
    state_machine_arn      = local.state_machine_arn
    execution_arn          = local.execution_arn
    config_object_arn      = local.config_of_any_release
    config_parameter_arn   = "arn:${local.partition}:ssm:${var.region}:${local.account_id}:parameter${local.config_parameter}"
    failure_bucket_arn     = "arn:${local.partition}:s3:::${local.name}-orchestrator-failures-${var.region}"
    job_events_topic_arn   = local.topic_arns["job_events"]
    router_log_group_arn   = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:/aws/lambda/${local.orchestrator}"
    glue_run_log_group_arn = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:/aws/lambda/${local.glue_run}"
    mwaa_dag_log_group_arn = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:/aws/lambda/${local.mwaa_dag}"
    # Any version, because executions of an older state machine version still call the function version of their release.
    glue_run_function_arn = "arn:${local.partition}:lambda:${var.region}:${local.account_id}:function:${local.glue_run}:*"
    mwaa_dag_function_arn = "arn:${local.partition}:lambda:${var.region}:${local.account_id}:function:${local.mwaa_dag}:*"
  }

  # Wide resources of the generated policies, and the resources to which they are narrowed.
  regional = "${var.region}:${local.account_id}"
  narrowed = {
    (local.config_of_any_release)                                    = concat([local.config_of_any_release], [for uri in compact([var.workflow_config_s3_uri]) : "arn:${local.partition}:s3:::${trimprefix(uri, "s3://")}"])
    "arn:${local.partition}:glue:${local.regional}:job/*"            = [for one in var.glue_jobs : "arn:${local.partition}:glue:${local.regional}:job/${one}"]
    "arn:${local.partition}:states:${local.regional}:stateMachine:*" = [for one in var.state_machines : "arn:${local.partition}:states:${local.regional}:stateMachine:${one}"]
    "arn:${local.partition}:states:${local.regional}:execution:*"    = [for one in var.state_machines : "arn:${local.partition}:states:${local.regional}:execution:${one}:*"]
    "arn:${local.partition}:events:${local.regional}:event-bus/*"    = [for one in var.event_buses : startswith(one, "arn:") ? one : "arn:${local.partition}:events:${local.regional}:event-bus/${one}"]
    "arn:${local.partition}:sqs:${local.regional}:*"                 = [for one in var.queues : startswith(one, "arn:") ? one : "arn:${local.partition}:sqs:${local.regional}:${one}"]
    "arn:${local.partition}:airflow:${local.regional}:role/*/${var.airflow_role}" = [
      for one in var.mwaa_environments :
      "arn:${local.partition}:airflow:${length(split("/", one)) == 2 ? split("/", one)[0] : var.region}:${local.account_id}:role/${element(split("/", one), -1)}/${var.airflow_role}"
    ]
  }

  generated = {
    for role, file in {
      state_machine           = var.wait_for_runs ? "state_machine_waiting" : "state_machine"
      downstream_orchestrator = "downstream_orchestrator"
      glue_run                = "glue_run"
      mwaa_dag                = "mwaa_dag"
    } : role => jsondecode(templatefile("${local.statemachines}/${file}.iam.json", local.policy_names))
  }

  # docs.aws.amazon.com/sns/latest/dg/sns-key-management.html, docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
  kms_keys = {
    state_machine           = compact(concat([var.kms_key_arn], var.former_kms_key_arns, var.target_kms_key_arns))
    downstream_orchestrator = compact(concat([var.kms_key_arn, var.config_kms_key_arn], var.former_kms_key_arns))
    glue_run                = []
    mwaa_dag                = []
  }

  policies = {
    for role, policy in local.generated : role => jsonencode({
      Version = policy.Version
      Statement = concat(
        [for one in concat(policy.Statement, role == "downstream_orchestrator" && var.joins ? jsondecode(templatefile("${local.statemachines}/joins.iam.json", local.join_names)).Statement : []) : merge(one, { Resource = sort(lookup(local.narrowed, one.Resource, [one.Resource])) }) if length(lookup(local.narrowed, one.Resource, [one.Resource])) > 0],
        [for keys in [local.kms_keys[role]] : { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = sort(keys) } if length(keys) > 0],
      )
    })
  }

  trusted = {
    # docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html: only this state machine may assume the role.
    state_machine = {
      service    = "states.amazonaws.com"
      conditions = { ArnLike = { "aws:SourceArn" = "${local.state_machine_arn}*" }, StringEquals = { "aws:SourceAccount" = local.account_id } }
    }
    downstream_orchestrator = { service = "lambda.amazonaws.com", conditions = null }
    glue_run                = { service = "lambda.amazonaws.com", conditions = null }
    mwaa_dag                = { service = "lambda.amazonaws.com", conditions = null }
  }

  # The name contains the region because roles are global.
  role_names = merge(
    { for role, name in { state_machine = "machine", downstream_orchestrator = "router", glue_run = "glue-run", mwaa_dag = "mwaa-dag" } : role => "${local.name}-orchestrator-${name}-${var.region}" },
    var.joins ? { join_deadline = "${local.name}-orchestrator-joins-${var.region}" } : {},
  )
}

resource "aws_iam_role" "this" {
  for_each = local.trusted

  name                 = local.role_names[each.key]
  path                 = var.role_path
  permissions_boundary = local.permissions_boundary
  tags                 = local.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      { Effect = "Allow", Principal = { Service = each.value.service }, Action = "sts:AssumeRole" },
      each.value.conditions == null ? {} : { Condition = each.value.conditions },
    )]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.policies

  name   = each.key
  role   = aws_iam_role.this[each.key].id
  policy = each.value
}
