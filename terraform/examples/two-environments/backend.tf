# The state in S3. ENV.s3.tfbackend has the bucket and the key of an environment. The bucket exists before, with versioning.
# developer.hashicorp.com/terraform/language/backend/s3
terraform {
  backend "s3" {
    region       = "us-west-1"
    encrypt      = true
    use_lockfile = true # S3 writes the lock conditionally; no DynamoDB table
  }
}
