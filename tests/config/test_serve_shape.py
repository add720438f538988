from typing import Any

import pytest
from pydantic import ValidationError

from bilag.config.serve_shape import ServeSection


@pytest.mark.parametrize(
    ("changes", "key", "why"),
    [
        ({"host": "bilag.example.com"}, "host", "must be an IP address such as 127.0.0.1"),
        ({"port": 65536}, "port", "65535"),
        ({"poll_seconds": 5}, "poll_seconds", "10"),
        ({"poll_seconds_max": 3600}, "poll_seconds_max", "2700"),
        ({"poll_seconds": 900, "poll_seconds_max": 600}, "", "must be poll_seconds (900) or more"),
        ({"webhook_secrets": [{"env": "A"}] * 2}, "webhook_secrets", "names the same secret twice"),
        ({"webhook_secrets": [{"env": f"A{n}"} for n in range(11)]}, "webhook_secrets", "10"),
    ],
)
def test_what_cannot_be_served_with_is_refused_with_its_key(changes: dict[str, Any], key: str, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ServeSection.model_validate(changes)
    (problem,) = refused.value.errors()
    assert ".".join(map(str, problem["loc"])) == key
    assert why in problem["msg"]


def test_longest_pause_with_its_jitter_is_shorter_than_the_life_of_a_waiting_job() -> None:
    section = ServeSection.model_validate({"poll_seconds": 2700, "poll_seconds_max": 2700})
    assert section.poll_seconds_max * 1.2 < 3600


def test_everything_has_a_default_and_listens_to_this_machine_only() -> None:
    assert ServeSection().host == "127.0.0.1"
