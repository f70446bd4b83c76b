"""Built-in backbones and those of plugins are found by name."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from tests.backbones.tiny import tiny_spec
from transferleaf.backbones import BackboneRegistry, get_backbone, list_backbones
from transferleaf.errors import (
    BackbonePluginError,
    DuplicateBackboneError,
    UnknownBackboneError,
)

# Modules for the entry points of these tests.
PLUGIN = tiny_spec(name="plugin")
NO_SPEC = 7


def _plugin(name: str, value: str, distribution: str = "leafnets") -> EntryPoint:
    plugin = EntryPoint(name, value, "transferleaf.backbones")
    return plugin._for(SimpleNamespace(name=distribution))


@pytest.fixture
def registry() -> BackboneRegistry:
    registry = BackboneRegistry(
        [
            _plugin("plugin", f"{__name__}:PLUGIN"),
            _plugin("absent", "no_such_module:SPEC"),
            _plugin("number", f"{__name__}:NO_SPEC"),
            _plugin("other_name", f"{__name__}:PLUGIN"),
        ]
    )
    registry.register(tiny_spec(name="mobilenet_v2"))
    return registry


def test_names_are_sorted_and_listed_without_an_import(registry):  # one plugin cannot be imported
    assert registry.names() == ["absent", "mobilenet_v2", "number", "other_name", "plugin"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("mobile*", ["mobilenet_v2"]),
        ("??????", ["absent", "number", "plugin"]),
        ("resnet*", []),
    ],
)
def test_a_pattern_selects_names(registry, pattern: str, names: list[str]):
    assert registry.names(pattern) == names


def test_a_registered_spec_is_found(registry):
    assert registry.get("mobilenet_v2").name == "mobilenet_v2"


def test_a_plugin_is_loaded_on_request(registry):
    assert registry.get("plugin") is PLUGIN


def test_an_unknown_name_suggests_the_nearest_one(registry):
    with pytest.raises(UnknownBackboneError) as caught:
        registry.get("mobilnet_v2")

    assert str(caught.value) == "no backbone is called 'mobilnet_v2'; did you mean 'mobilenet_v2'?"


def test_a_name_unlike_any_other_lists_them_all(registry):
    with pytest.raises(UnknownBackboneError) as caught:
        registry.get("zzz")

    assert str(caught.value) == (
        "no backbone is called 'zzz'; choose one of "
        "['absent', 'mobilenet_v2', 'number', 'other_name', 'plugin']."
    )


@pytest.mark.parametrize("name", ["mobilenet_v2", "plugin"])
def test_a_name_cannot_be_registered_twice(registry, name: str):
    with pytest.raises(DuplicateBackboneError) as caught:
        registry.register(tiny_spec(name=name))

    assert str(caught.value) == (
        f"a backbone called {name!r} is registered already; give yours another name."
    )


def test_two_plugins_of_one_name_are_told_apart_by_their_distributions():
    plugins = [_plugin("resnet", "a:B", "leafnets"), _plugin("resnet", "c:D", "plantnets")]

    with pytest.raises(DuplicateBackboneError) as caught:
        BackboneRegistry(plugins)

    assert str(caught.value) == (
        "the installed distributions ['leafnets', 'plantnets'] all provide a backbone called "
        "'resnet'; uninstall all but one."
    )


@pytest.mark.parametrize(
    ("name", "entry_point", "reason"),
    [
        (
            "absent",
            "no_such_module:SPEC",
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ("number", f"{__name__}:NO_SPEC", "it is a int, not a BackboneSpec"),
        ("other_name", f"{__name__}:PLUGIN", "its spec is called 'plugin'"),
    ],
)
def test_a_broken_plugin_is_named_with_its_distribution(
    registry, name: str, entry_point: str, reason: str
):
    with pytest.raises(BackbonePluginError) as caught:
        registry.get(name)

    assert str(caught.value) == (
        f"the backbone {name!r} comes from the entry point {entry_point!r} of the installed "
        f"distribution 'leafnets', which failed: {reason}. Update or uninstall 'leafnets'."
    )


def test_the_built_in_backbones_are_listed():
    assert list_backbones("resnet*") == ["resnet101", "resnet50", "resnet50v2"]


def test_a_built_in_backbone_is_found_by_name():
    assert get_backbone("resnet50").stage_names == ("stem", "conv2", "conv3", "conv4", "conv5")


def test_listing_and_reading_all_specs_imports_no_keras():
    code = (
        "import sys; from transferleaf.backbones import get_backbone, list_backbones; "
        "[get_backbone(name) for name in list_backbones()]; "
        "print({'keras', 'tensorflow', 'keras_cv'} & set(sys.modules))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "set()"
