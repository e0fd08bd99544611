"""Starts Airflow DAG runs through MWAA's InvokeRestApi."""
