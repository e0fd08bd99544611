"""Paths that a trigger reads: of templates, mappings and conditions, each with its place."""

from __future__ import annotations

from analysis.shapes.reads import reads_of, templates
from orchestration.triggers.glue_job import GlueJob
from orchestration.triggers.mwaa_dag import MwaaDag


def test_templates_of_any_depth_are_read() -> None:
    found = templates({"a": ["x", "${p.q}-${r:-d}"], "b": "$${p} $x", "c": 7, "d": '${"a:b".c}'}, "w.conf")
    assert [(read.place, read.path, read.need) for read in found] == [
        ("w.conf.a[1]", "p.q", "required"),
        ("w.conf.a[1]", "r", "default"),
        ("w.conf.d", '"a:b".c', "required"),
    ]


def test_descriptions_are_not_read() -> None:
    trigger = GlueJob(job_name="g", description="${x}", arguments={"--x": "${y}"})
    assert [read.path for read in reads_of(trigger, "t")] == ["y"]


def test_mapping_reads_its_paths() -> None:
    trigger = MwaaDag(environment_name="e", dag_id="d", parameter_mapping={"k": "a.b"}, conf={"c": "${x}"})
    found = [(read.place, read.path, read.need) for read in reads_of(trigger, "t")]
    assert found == [("t.conf.c", "x", "required"), ("t.parameter_mapping.k", "a.b", "mapped")]


def test_condition_reads_its_fields() -> None:
    when = {
        "metrics": {"rows": [{"numeric": [">", 0]}], "dropped": [{"exists": False}]},
        "$or": [{"a.b": ["x"]}, {"c": [{"exists": True}]}],
    }
    found = [(read.place, read.path, read.need, read.at) for read in reads_of(GlueJob(job_name="g", when=when), "t")]
    assert found == [
        ("t.when.metrics.rows", "metrics.rows", "condition", "key"),
        ("t.when.$or[0].a.b", "a.b", "alternative", "key"),
        ("t.when.$or[1].c", "c", "alternative", "key"),
    ]
