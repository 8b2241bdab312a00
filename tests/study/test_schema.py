import pytest

from umbo.section import key_of
from umbo.study.problems import Origin, written
from umbo.study.schema import Study, json_schema


def walk(schema):
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from walk(part)
    if isinstance(schema, list):
        for part in schema:
            yield from walk(part)


def test_every_key_of_the_schema_is_explained_and_no_other_is_allowed():
    for part in walk(json_schema()):
        if part.get("type") == "object" and "properties" in part:
            assert part["additionalProperties"] is False
            for key, value in part["properties"].items():
                assert value.get("description"), key


def test_a_quantity_is_text_in_the_schema_and_so_is_its_default():
    launch = json_schema()["$defs"]["Launch"]["properties"]
    assert launch["spacing"]["type"] == "string"
    assert launch["spacing"]["default"] == "0 s"
    assert launch["count"]["type"] == "integer"


def test_the_schema_names_the_keys_that_a_person_writes():
    schema = json_schema()
    assert set(schema["properties"]) == {key_of(name) for name in Study.model_fields}
    assert set(schema["required"]) == {"umbo", "title", "raids", "architectures"}
    assert schema["properties"]["phases"]["minimum"] == 64


def test_a_part_without_a_mark_stands_where_the_part_around_it_does():
    origin = Origin("a.yaml", values={(): (1, 1), ("raids",): (4, 3)})
    assert origin.where(("raids", "one", 2, "at")) == "a.yaml, line 4, column 3 (raids.one[2].at)"
    assert origin.where(()) == "a.yaml, line 1, column 1"
    assert Origin("b.yaml") == origin  # where a study was written is no part of it


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("raids",), "raids"), (("raids", "one", 0, "missile"), "raids.one[0].missile")],
)
def test_a_path_reads_as_in_code(path, text):
    assert written(path) == text
