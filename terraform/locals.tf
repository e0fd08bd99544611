locals {
  name         = "${var.prefix}-${var.account}-${var.env}"
  orchestrator = "${local.name}-downstream-orchestrator"
  glue_run     = "${local.name}-glue-run"
  mwaa_dag     = "${local.name}-mwaa-dag"
  code_bucket  = "${local.name}-code-${var.region}"
  code_prefix  = "code/${var.code_version}"

  partition = data.aws_partition.current.partition
  # The variable is known in every plan. The data source is not if the module's caller has depends_on with changes.
  account_id = var.aws_account_id != "" ? var.aws_account_id : data.aws_caller_identity.current.account_id

  # Default: the URI to which deploy.sh uploads.
  config_s3_uri = coalesce(var.workflow_config_s3_uri, "s3://${local.code_bucket}/${local.code_prefix}/orchestration/workflow_config.json")
  # Roles change before the router, so during an upgrade both releases need access to their configuration.
  config_of_any_release = "arn:${local.partition}:s3:::${local.code_bucket}/code/*/orchestration/workflow_config.json"
  config_parameter      = "/${local.name}/downstream-orchestrator/workflow-config"

  topics = {
    job_events    = { filter = { status = ["SUCCESS"] }, publishers = var.event_publishers, existing = var.job_events_topic_arn }
    job_approvals = { filter = { decision = ["APPROVED"] }, publishers = var.approval_publishers, existing = var.job_approvals_topic_arn }
  }
  # Topics of this stack. It subscribes to the others and changes nothing else of them.
  own_topics = { for topic, one in local.topics : topic => one if one.existing == "" }

  # ARNs built from names, because references from policies to the resources would be circular.
  state_machine_arn = "arn:${local.partition}:states:${var.region}:${local.account_id}:stateMachine:${local.orchestrator}"
  execution_arn     = "arn:${local.partition}:states:${var.region}:${local.account_id}:execution:${local.orchestrator}"
  delivery_dlq_arn  = "arn:${local.partition}:sqs:${var.region}:${local.account_id}:${local.orchestrator}-delivery-dlq"
  topic_arns        = { for topic, one in local.topics : topic => one.existing != "" ? one.existing : "arn:${local.partition}:sns:${var.region}:${local.account_id}:${local.name}-${topic}" }
  topic_names       = { for topic, arn in local.topic_arns : topic => element(split(":", arn), 5) }
  # CloudWatch has the metrics of a topic only in the topic's account. Own topics do not ask for the account, see account_id.
  measured_topics = [for topic, one in local.topics : topic if one.existing == "" ? true : element(split(":", one.existing), 4) == local.account_id]

  role_arns = { for role, name in local.role_names : role => "arn:${local.partition}:iam::${local.account_id}:role${var.role_path}${name}" }

  kms_key_arn          = var.kms_key_arn == "" ? null : var.kms_key_arn
  permissions_boundary = var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn
  alarm_actions        = compact([var.alarm_topic_arn])
  console_host = lookup({
    aws-cn     = "console.amazonaws.cn"
    aws-eusc   = "${var.region}.console.amazonaws-eusc.eu"
    aws-us-gov = "console.amazonaws-us-gov.com"
  }, local.partition, "${var.region}.console.aws.amazon.com")

  statemachines = "${path.module}/../statemachines"

  tags = merge(var.tags, {
    Application = "downstream-orchestrator"
    Account     = var.account
    Environment = var.env
  })

  # Of released resources only; otherwise a new version would change every resource.
  release_tags = merge(local.tags, { CodeVersion = var.code_version })
}
