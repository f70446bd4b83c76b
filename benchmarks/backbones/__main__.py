"""Measure the listed backbones, and write the tables of a page.

    python -m benchmarks.backbones --page docs/which-backbone.md

A pass goes from decoded photos to the features of the head, on the engine that ``fit`` uses. Each
backbone is measured in turn with ``efficientnet_lite0``, and the ratios are medians. Each result is
kept in ``measured.json``, so a later call continues. Measuring all takes half an hour on two cores
and needs the extra ``hub``. ``--only 'resnet*'`` selects backbones; with ``--only nothing``, the
page is written from the stored results.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import typer
from rich.console import Console

from benchmarks.backbones.page import write_tables
from benchmarks.backbones.passes import REFERENCE, frozen_pass, in_turn, plain_pass, ratio
from benchmarks.speed.machine import describe_machine
from transferleaf.backbones import BackboneSpec, list_backbones, register_backbone
from transferleaf.backbones.keras_hub.listed import LISTED

MEASURED = Path(__file__).with_name("measured.json")
# KerasHub has no preset of ViT-tiny, so it is built from ViT-base, with ViT-tiny's sizes.
VIT_TINY = "vit_tiny"
BESIDE_KERAS = (VIT_TINY, "keras_hub:deit_tiny_distilled_patch16_224_imagenet", "convnext_tiny")
# The networks of keras-cv are those of KerasHub and keras.applications.
_LEFT_OUT = ("keras_cv:*", "baseline_cnn")
NOTE = (
    "Other work ran at the same time. The ratios are medians of passes in turn, and the seconds "
    "are the ratio times those of the fastest pass of the reference, when little else ran."
)


def main(
    only: Annotated[list[str] | None, typer.Option(help="Patterns of backbones.")] = None,
    page: Annotated[Path | None, typer.Option(help="Page to write.")] = None,
) -> None:
    """Measure what has no result yet."""
    found: dict[str, Any] = {"passes": {}, "beside_keras": {}}
    if MEASURED.exists():
        found = json.loads(MEASURED.read_text(encoding="ascii"))
    patterns = only or ["*"]
    names = [
        name
        for pattern in patterns
        for name in list_backbones(pattern)
        if not any(fnmatch(name, left_out) for left_out in _LEFT_OUT)
    ]
    missing = [name for name in names if name not in found["passes"]]
    beside = [
        name
        for name in BESIDE_KERAS
        if any(fnmatch(name, pattern) for pattern in patterns) and name not in found["beside_keras"]
    ]
    if VIT_TINY in beside:
        register_backbone(_vit_tiny())
    if missing or beside:
        reference, reference_size, _ = frozen_pass(REFERENCE)
    for name in missing:
        run, size, engine = frozen_pass(name)
        usual, own = in_turn(reference, run, reference_size, size)
        found["passes"][name] = {
            "engine": engine,
            "ratio": ratio(usual, own),
            "seconds_a_photo": own,
            "reference_seconds_a_photo": usual,
        }
        _keep(found)
        Console().print(name, engine, f"{found['passes'][name]['ratio']:.2f}", highlight=False)
        keras.backend.clear_session()
    for name in beside:
        run, size, engine = frozen_pass(name)
        own, plain = in_turn(run, plain_pass(name), size, size)
        found["beside_keras"][name] = {
            "engine": engine,
            "times_as_fast": ratio(own, plain),
            "seconds_a_photo": own,
            "keras_seconds_a_photo": plain,
        }
        _keep(found)
    if page is not None:
        write_tables(page, found)


def _vit_tiny() -> BackboneSpec:
    base = LISTED["vit_base_patch16_224_imagenet"]
    sizes = {"hidden_dim": 192, "num_heads": 3, "mlp_dim": 768}
    tiny = replace(base, arguments={**base.arguments, **sizes}, feature_width=192)
    return replace(tiny.spec("vit_tiny", published=False), name=VIT_TINY)


def _keep(found: dict[str, Any]) -> None:
    rounds = [each["reference_seconds_a_photo"] for each in found["passes"].values()]
    found["machine"], found["note"] = describe_machine(), NOTE
    if rounds:
        found["reference_seconds"] = min(min(each) for each in rounds)
    MEASURED.write_text(json.dumps(found, indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    typer.run(main)
