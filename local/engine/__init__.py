"""The in-process AWS engine: moto with its patches, Lambda workers, faults and a stand-in for MWAA."""
