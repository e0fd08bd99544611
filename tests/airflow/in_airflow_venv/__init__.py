"""Programs that run inside Airflow's own environments; they import nothing of this repository."""
