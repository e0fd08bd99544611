"""The error of a run that a simulation lets fail."""

FAILURE = "the run failed, as --failing-run asks"
