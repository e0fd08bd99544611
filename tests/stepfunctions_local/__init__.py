"""The mocked cases of ``statemachines/MockConfigFile.json`` on Step Functions Local, or on the embedded engine."""
