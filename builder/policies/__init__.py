"""IAM policies: of the roles of the stack, and of the people who work with it."""
