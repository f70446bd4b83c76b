from __future__ import annotations

import pytest

from transferleaf.errors import ConfigError, RunConfigError
from transferleaf.freezing import FreezePolicy
from transferleaf.runs.config import RunConfig


@pytest.fixture
def written(tmp_path):
    """Writes a configuration file, and returns its path."""

    def write(text: str):
        path = tmp_path / "run.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    "config",
    [
        RunConfig(data="leaves"),
        RunConfig(
            data="leaves",
            backbone="efficientnet_lite0",
            weights="my.h5",
            freeze="III",
            epochs=3,
            image_size=64,
            seed=7,
            augment="field",
            backgrounds="fields",
            views=0,
            val=0.1,
            test=0.3,
            leaves="map.csv",
            layout="table",
            skip_bad_photos=True,
            report=False,
            name="mine",
            output="elsewhere",
        ),
        RunConfig(data="leaves", freeze="IV", unlabeled="walk"),
    ],
    ids=["defaults", "all set", "adapted"],
)
def test_a_configuration_is_read_as_it_was_written(written, config):
    assert RunConfig.load(written(config.to_toml())) == config


@pytest.mark.parametrize(("earlier", "now"), [(True, "leaf"), (False, "none")])
def test_a_file_of_an_earlier_version_augments_as_before(written, earlier, now):
    config = RunConfig.load(written(f'data = "leaves"\naugment = {str(earlier).lower()}\n'))

    assert config == RunConfig(data="leaves", augment=now)


@pytest.mark.parametrize(
    ("freeze", "policy"),
    [
        ("auto", FreezePolicy.auto(views=2)),
        ("head", FreezePolicy.freeze_base(views=2)),
        ("II", FreezePolicy.for_quadrant("II", views=2)),
    ],
)
def test_what_to_freeze_is_a_policy(freeze, policy):
    assert RunConfig(data="leaves", freeze=freeze, augment=True, views=2).policy == policy


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"freeze": "V"}, "freeze='V' must be one of auto, I, II, III, IV, head."),
        ({"seed": -1}, "seed=-1 must be a whole number of at least 0."),
        ({"seed": True}, "seed=True must be a whole number of at least 0."),
        ({"augment": "wild"}, "augment='wild' must be one of none, leaf, field."),
        (
            {"unlabeled": "walk", "freeze": "I"},
            'unlabeled=\'walk\' must be absent without freeze = "IV" or "head": only the head is '
            "adapted.",
        ),
        (
            {"backgrounds": "fields", "augment": "leaf"},
            "backgrounds='fields' must be absent without augment = \"field\".",
        ),
        ({"epochs": 0}, "epochs=0 must be a whole number of at least 1."),
        ({"time_limit": 0}, "time_limit=0 must be a number of seconds above 0."),
        ({"time_limit": "10m"}, "time_limit='10m' must be a number of seconds above 0."),
        ({"val": 0.0}, "val=0.0 must be in (0, 1)."),
        ({"test": 1}, "test=1 must be in (0, 1)."),
        (
            {"val": 0.5, "test": 0.5},
            "val + test=1.0 must be below 1, to leave photos for training.",
        ),
        ({"views": 2}, "views=2 must be absent without augment."),
        ({"report": "yes"}, "report='yes' must be true or false."),
        ({"name": ""}, "name='' must be a non-empty text."),
        ({"data": "\udcff"}, "data='\\udcff' must be a non-empty text."),
    ],
)
def test_an_invalid_value_is_refused(values, told):
    with pytest.raises(ConfigError) as caught:
        RunConfig(**{"data": "leaves", **values})

    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('data = "a"\nepoch = 3', "has the unknown key 'epoch' (did you mean 'epochs'?)"),
        ("seed = 1", "does not say which photos to train on (data = ...)"),
    ],
)
def test_another_file_is_refused(written, text, found):
    with pytest.raises(RunConfigError) as caught:
        RunConfig.load(written(text))

    assert caught.value.found == found
