"""Tests with real Airflow, one virtual environment for each version; ``make airflow`` installs them."""
