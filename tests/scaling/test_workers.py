"""Resources of workers are checked, and Ray is only required if it is used."""

from __future__ import annotations

import sys

import pytest

from transferleaf.errors import ConfigError, MissingExtraError
from transferleaf.scaling import Workers, photo_facts
from transferleaf.scaling.on_ray import warn_if_too_large


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cpus": 0}, "cpus=0 must be at least 1."),
        ({"max_workers": 0}, "max_workers=0 must be at least 1."),
        ({"gpus": -1}, "gpus=-1 must be at least 0."),
    ],
)
def test_invalid_workers_are_refused(options, message):
    with pytest.raises(ConfigError) as caught:
        Workers(**options)

    assert str(caught.value) == message


def test_without_ray_the_error_names_the_line_that_installs_it(photos, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(MissingExtraError) as caught:
        photo_facts([photos / "00.png"], on="ray")

    assert str(caught.value) == (
        "on='ray' needs the package 'ray', which is not installed; "
        'pip install "transferleaf[ray]" installs it.'
    )


def test_photos_here_need_neither_ray_nor_fsspec(photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setitem(sys.modules, "fsspec", None)

    found = photo_facts([photos / "00.png", photos / "broken.jpg"], cache=tmp_path)

    assert [each.error is None for each in found] == [True, False]


def test_a_store_that_is_too_small_is_refused_before_the_work(photos, monkeypatch, tiny_network):
    from transferleaf.scaling import fill_store

    monkeypatch.setenv("TRANSFERLEAF_CACHE_LIMIT", "1KB")

    with pytest.raises(ConfigError) as caught:
        fill_store(photos, backbone=tiny_network())

    assert str(caught.value) == (
        "TRANSFERLEAF_CACHE_LIMIT='0.0 MB' must allow for 0.0 MB, which features of 25 photos take."
    )


class Cluster:
    """Stands in for Ray: a machine with 4 cores and no GPU, and one that has left."""

    def nodes(self):
        return [
            {"Alive": True, "Resources": {"CPU": 4.0}},
            {"Alive": False, "Resources": {"CPU": 64.0, "GPU": 8.0}},
        ]


@pytest.mark.parametrize(("cpus", "gpus"), [(8, 0), (1, 1)])
def test_a_worker_that_fits_on_no_machine_is_warned_of(cpus, gpus):
    with pytest.warns(UserWarning, match="no machine of the Ray cluster has"):
        warn_if_too_large(Cluster(), cpus, Workers(gpus=gpus))


def test_a_worker_that_fits_is_not_warned_of(recwarn):
    warn_if_too_large(Cluster(), 4, Workers())

    assert not recwarn.list
