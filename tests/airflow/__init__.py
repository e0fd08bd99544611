"""Real Airflow, one virtual environment a version, in processes of its own; ``make airflow`` installs them."""
