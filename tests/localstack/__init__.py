"""LocalStack's Step Functions as the third interpreter: ``make test-localstack``.

``server`` runs it, ``interpreters`` runs one case on each interpreter, ``cases`` lists the cases, ``summary`` counts them.
"""
