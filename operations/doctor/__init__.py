"""Examines a deployed stack: each finding names the thing, what was found, and what to do."""

from operations.doctor.examination import CHECKS, examine
from operations.doctor.finding import Finding
from operations.doctor.stack import ExaminedStack

__all__ = ["CHECKS", "ExaminedStack", "Finding", "examine"]
