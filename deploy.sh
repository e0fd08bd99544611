#!/usr/bin/env bash
# Uploads a release's code and the configuration to the account's code bucket. Terraform and the router read them there.
set -euo pipefail
caller="$PWD"
cd "$(dirname "$0")"

OPTIONS="--account= --env= [--region=us-west-1] [--version=] [--prefix=sfly-aws-dwh] [--config=FILE] [--config-only] [--dry-run] [--overwrite-digest=DIGEST]"

fail() {
  echo "deploy.sh: $*" >&2
  exit 2
}

help() {
  cat <<HELP
Usage: ./deploy.sh $OPTIONS

Validates the configuration and the generated files, then uploads to s3://{prefix}-{account}-{env}-code-{region}/code/{version}/:
  downstream_orchestrator.zip, glue_run.zip, mwaa_dag.zip
                                              code of the functions; every build gives the same bytes
  manifest.json                               digests of the release; Terraform compares the checkout with it
  orchestration/workflow_config.json          the configuration; the next event uses it

  --version=V           version of the release; default: the version in pyproject.toml. Released code never changes
  --config=FILE|FOLDER  the configuration, also in another repository; default: orchestration. In a folder, the file
                        workflow_config.{env}.json has priority over workflow_config.json
  --config-only         upload the configuration only
  --dry-run             show the uploads and change nothing
  --overwrite-digest=D  overwrite the remote configuration with digest D, which the git history does not have

AWS credentials and AWS_ENDPOINT_URL come from the environment.
HELP
}

account="" env="" region="us-west-1" version="" prefix="sfly-aws-dwh" config="" mode="all" dry_run=""
flags=()
for argument in "$@"; do
  case "$argument" in
    --account=*) account="${argument#*=}" ;;
    --env=*) env="${argument#*=}" ;;
    --region=*) region="${argument#*=}" ;;
    --version=*) version="${argument#*=}" ;;
    --prefix=*) prefix="${argument#*=}" ;;
    --config=*)
      config="${argument#*=}"
      [[ "$config" = /* ]] || config="$caller/$config"
      ;;
    --overwrite-digest=*) flags+=("$argument") ;;
    --dry-run) dry_run="yes" flags+=("$argument") ;;
    --config-only) mode="config" flags+=("$argument") ;;
    --help | -h)
      help
      exit 0
      ;;
    *) fail "unknown option $argument; expected $OPTIONS" ;;
  esac
done
[[ -n "$account" ]] || fail "--account= is missing; expected $OPTIONS"
[[ -n "$env" ]] || fail "--env= is missing; expected $OPTIONS"
[[ -n "$version" ]] || version="$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)"
[[ "$version" =~ ^[0-9A-Za-z][0-9A-Za-z._-]*$ ]] || fail "--version=: found '$version', expected a version such as 0.3.0"
[[ "$prefix-$account-$env-$region" =~ ^[a-z0-9-]+$ ]] ||
  fail "--prefix=, --account=, --env=, --region=: expected lower-case letters, digits and hyphens, because they are part of the bucket name"

config="${config:-orchestration}"
if [[ -d "$config" ]]; then
  config="${config%/}"
  [[ -f "$config/workflow_config.$env.json" ]] && config="$config/workflow_config.$env.json" || config="$config/workflow_config.json"
fi
[[ -f "$config" ]] || fail "--config=: $config does not exist. Name a configuration, or a folder with workflow_config.json"

command -v make >/dev/null || fail "make is missing. It installs the dependencies into .venv"
make -s .venv/.synced

# Terraform sets the default queue. Use a placeholder here.
.venv/bin/orchestrator validate "$config" --region "$region" --env "$env" --queue-url "https://sqs.$region.amazonaws.com/000000000000/any" >&2
.venv/bin/python -m builder --check
.venv/bin/orchestrator upload --bucket "$prefix-$account-$env-code-$region" --region "$region" --version "$version" --config "$config" ${flags[@]+"${flags[@]}"}

if [[ -n "$dry_run" ]]; then
  echo "Nothing was uploaded. To upload, run the command without --dry-run."
  exit 0
fi
if [[ "$mode" = config ]]; then
  echo "Routers of version $version read it on the next event, unless workflow_config_s3_uri points elsewhere."
  exit 0
fi

# Each environment has a separate state: an apply on another state would rename and replace everything.
values="$account-$env-$region.tfvars"
file=""
[[ -f "terraform/$values" ]] && file="-var-file=\"$values\" "
cat <<NEXT
Next:
  export AWS_REGION=$region
  terraform -chdir=terraform init
  terraform -chdir=terraform workspace select -or-create "$account-$env-$region"
  terraform -chdir=terraform apply $file-var="prefix=$prefix" -var="account=$account" -var="env=$env" -var="region=$region" -var="code_version=$version"
  terraform -chdir=terraform output -raw smoke_test
NEXT
[[ -n "$file" ]] || echo "Pass every other variable again, or set it in terraform/$values: a missing variable returns to its default."
