from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import transferleaf as tl


@pytest.mark.parametrize("module", ["tensorflow", "keras", "keras_cv", "numpy", "rich"])
def test_importing_the_package_leaves_heavy_modules_alone(module):
    code = f"import sys, transferleaf; print({module!r} in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("name", tl.__all__)
def test_each_public_name_can_be_imported(name):
    assert getattr(tl, name) is not None


def test_public_modules_need_no_import_of_their_own():
    names = [
        "backbones",
        "datasets",
        "datasets.layouts",
        "errors",
        "freezing",
        "scaling",
        "testing",
    ]
    told = ", ".join(f"tl.{name}.__name__" for name in names)
    code = f"import transferleaf as tl; print({told})"

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.split() == [f"transferleaf.{name}" for name in names]


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Classifier'"):
        tl.Classifier  # noqa: B018


def test_dir_lists_the_public_names_and_modules():
    modules = (
        "advice backbones datasets errors explanations export freezing reports scaling testing"
    )

    assert dir(tl) == sorted([*tl.__all__, *modules.split()])


@pytest.mark.parametrize(
    "module",
    [
        pytest.param("transferleaf.backbones.weights.building", marks=pytest.mark.slow),
        pytest.param("transferleaf.backbones.pixels", marks=pytest.mark.slow),
        pytest.param("transferleaf.training.phases.optimizers", marks=pytest.mark.slow),
        pytest.param("transferleaf.head.layers", marks=pytest.mark.slow),
        "transferleaf.classifier",
        pytest.param("transferleaf.testing", marks=pytest.mark.slow),
    ],
)
def test_each_module_may_be_the_first_to_import_keras(module):
    code = f"import {module}, keras; print(keras.__name__)"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (answer.returncode, answer.stdout.strip()) == (0, "keras"), answer.stderr


def test_every_class_that_keras_can_save_has_a_stand_in():
    from keras.saving import get_registered_name

    from transferleaf.backbones.keras_hub.layers import (
        KerasHubLayer,
        PatchTokens,
        PrefixTokens,
        TokensToMap,
    )
    from transferleaf.backbones.pixels import PixelNormalization
    from transferleaf.classifier import TransferClassifier
    from transferleaf.head.layers import Standardize
    from transferleaf.process.keras_registration import _HOME
    from transferleaf.training.phases.optimizers import (
        DiscriminativeAdam,
        DiscriminativeAdamW,
        DiscriminativeSGD,
    )
    from transferleaf.training.phases.schedules import WarmupCosine

    classes = [
        TransferClassifier,
        PixelNormalization,
        KerasHubLayer,
        PatchTokens,
        PrefixTokens,
        TokensToMap,
        WarmupCosine,
        Standardize,
        DiscriminativeAdam,
        DiscriminativeAdamW,
        DiscriminativeSGD,
    ]

    assert {get_registered_name(kind): kind for kind in classes} == {
        f"transferleaf>{name}": getattr(importlib.import_module(module), name)
        for name, module in _HOME.items()
    }
