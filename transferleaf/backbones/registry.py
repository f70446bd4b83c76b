"""Backbones by name: those registered in this process, and those of installed plugins."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from transferleaf.backbones.keras_hub import PREFIX, keras_hub_names, keras_hub_spec
from transferleaf.backbones.spec import BackboneSpec
from transferleaf.errors import (
    BackbonePluginError,
    DuplicateBackboneError,
    UnknownBackboneError,
)

ENTRY_POINT_GROUP = "transferleaf.backbones"


class BackboneRegistry:
    """Backbone specifications by name: registered ones, and those of installed plugins.

    Args:
        plugins: Entry points of ``BackboneSpec`` objects; their names are the backbone names. A
            plugin is imported when its backbone is used, not when it is listed.

    Raises:
        DuplicateBackboneError: Two plugins have the same name.
    """

    def __init__(self, plugins: Iterable[EntryPoint] = ()) -> None:
        self._specs: dict[str, BackboneSpec] = {}
        self._plugins: dict[str, EntryPoint] = {}
        for plugin in plugins:
            other = self._plugins.setdefault(plugin.name, plugin)
            if other is not plugin:
                owners = [_distribution(other), _distribution(plugin)]
                raise DuplicateBackboneError(plugin.name, distributions=owners)

    def register(self, spec: BackboneSpec) -> None:
        """Register ``spec`` under its name.

        Raises:
            DuplicateBackboneError: The name is already in use.
        """
        if spec.name in self._specs or spec.name in self._plugins:
            raise DuplicateBackboneError(spec.name)
        self._specs[spec.name] = spec

    def names(self, pattern: str = "*") -> list[str]:
        """Return the names that match a shell-style ``pattern``, sorted, without imports."""
        known = self._specs.keys() | self._plugins.keys()
        return sorted(name for name in known if fnmatchcase(name, pattern))

    def get(self, name: str) -> BackboneSpec:
        """Return the specification of the backbone ``name``.

        Raises:
            UnknownBackboneError: No backbone has this name. The message suggests the closest name.
            BackbonePluginError: The plugin cannot be loaded.
        """
        if name not in self._specs:
            self._specs[name] = self._load_plugin(name)
        return self._specs[name]

    def _load_plugin(self, name: str) -> BackboneSpec:
        if name not in self._plugins:
            raise UnknownBackboneError(name, available=self.names())
        plugin = self._plugins[name]
        try:
            spec = plugin.load()
        except Exception as error:  # a plugin can raise any exception; name the plugin
            raise _plugin_error(plugin, f"{type(error).__name__}: {error}") from error
        if not isinstance(spec, BackboneSpec):
            raise _plugin_error(plugin, f"it is a {type(spec).__name__}, not a BackboneSpec")
        if spec.name != name:
            raise _plugin_error(plugin, f"its spec is called {spec.name!r}")
        return spec


def _plugin_error(plugin: EntryPoint, reason: str) -> BackbonePluginError:
    return BackbonePluginError(
        plugin.name,
        entry_point=plugin.value,
        distribution=_distribution(plugin),
        reason=reason,
    )


def _distribution(plugin: EntryPoint) -> str:
    return plugin.dist.name if plugin.dist is not None else "unknown"


@cache
def _installed() -> BackboneRegistry:
    return BackboneRegistry(entry_points(group=ENTRY_POINT_GROUP))


def is_backbone_name(name: str) -> bool:
    """Return whether a backbone can have this name. KerasHub presets are not checked.

    >>> is_backbone_name("resnet50"), is_backbone_name("keras_hub:./my_preset")
    (True, True)
    """
    return name.startswith(PREFIX) or name in list_backbones()


def register_backbone(spec: BackboneSpec) -> BackboneSpec:
    """Register ``spec`` under its name in this process, and return it.

    Packages use the entry-point group ``transferleaf.backbones`` instead.

    Raises:
        DuplicateBackboneError: The name is already in use.
    """
    _installed().register(spec)
    return spec


def list_backbones(pattern: str = "*") -> list[str]:
    """Return the names of the available backbones that match a shell-style pattern, sorted.

    ``keras_hub:`` stands before the name of any preset of KerasHub; some of them are listed.

    >>> list_backbones("resnet50*")
    ['resnet50', 'resnet50v2']
    """
    listed = (name for name in keras_hub_names() if fnmatchcase(name, pattern))
    return sorted([*_installed().names(pattern), *listed])


def get_backbone(name: str) -> BackboneSpec:
    """Return the specification of the backbone ``name``.

    Raises:
        UnknownBackboneError: No backbone has this name. The message suggests the closest name.
        BackbonePluginError: The plugin cannot be loaded.
        MissingExtraError: The preset of KerasHub must be read, and KerasHub is not installed.
        PretrainedWeightsError: The configuration of the preset of KerasHub is not available.

    >>> get_backbone("resnet50").stage_names
    ('stem', 'conv2', 'conv3', 'conv4', 'conv5')
    """
    return keras_hub_spec(name) if name.startswith(PREFIX) else _installed().get(name)
