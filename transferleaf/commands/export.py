"""The command ``transferleaf export``: writes a file for other programs, and verifies it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from transferleaf.commands.grammar.examples import examples
from transferleaf.commands.grammar.json_output import JsonFile, console_beside, write_json
from transferleaf.commands.grammar.models import TrainedModelPath, model_file, open_classifier

EXAMPLES = examples(
    "transferleaf export runs/2026-01-31-leaves --format onnx",
    "transferleaf export leaf.keras --format litert --int8 --photos photos/train",
    "transferleaf export leaf.keras --output leaf.xml --overwrite",
)


def export(
    model: TrainedModelPath,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="saved_model|litert|onnx|openvino",
            help="File format.",
            show_default="by the ending of FILE, or saved_model",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="File to write.", show_default="beside MODEL"
        ),
    ] = None,
    int8: Annotated[
        bool,
        typer.Option("--int8", help="Quantize weights to 8 bits; for litert, with --photos."),
    ] = False,
    photos: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Photos to verify the file with.",
            show_default="drawn leaves",
        ),
    ] = None,
    photo_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Height and width of the photos that the file takes.",
            show_default="any; for litert, that of the network",
        ),
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify/--no-verify", help="Compare its predictions with the model's."),
    ] = True,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an older export of that name.")
    ] = False,
    save_json: JsonFile = None,
) -> None:
    """Export a classifier for use without transferleaf, and verify its predictions.

    The file takes raw photos and returns probabilities; it contains the class names. A file whose
    predictions differ is deleted.

    Exit code 0: written; 1: failed, and the message says why; 2: wrong usage.
    """
    from transferleaf.datasets import open_leaves
    from transferleaf.export.exporting import check_export

    target = output or _beside(model_file(model), format or "saved_model", int8=int8)
    quantize = "int8" if int8 else None
    data = None if photos is None else open_leaves(photos)
    check_export(
        target,
        format,
        quantize=quantize,
        photos=data,
        photo_size=photo_size,
        overwrite=overwrite,
    )
    classifier = open_classifier(model)
    check = classifier.export(
        target,
        format,
        quantize=quantize,
        photos=data,
        photo_size=photo_size,
        verify=verify,
        overwrite=overwrite,
    )
    console_beside(save_json).print(check)
    write_json(check.to_dict(), save_json)


def _beside(model: Path, format: str, *, int8: bool) -> Path:
    """Return the default path of an export. Float and int8 have different names.

    >>> _beside(Path("runs/a/model.keras"), "onnx", int8=False).as_posix()
    'runs/a/model.onnx'
    >>> _beside(Path("leaf.keras"), "litert", int8=True).as_posix()
    'leaf_int8.tflite'
    >>> _beside(Path("leaf.keras"), "saved_model", int8=False).as_posix()
    'leaf_saved_model'
    """
    from transferleaf.export.formats import format_named

    form = format_named(format)
    stem = model.stem + ("_int8" if int8 else "")
    # with_suffix would replace everything after a dot in the name.
    return model.with_name(f"{stem}{form.suffix}" if form.suffix else f"{stem}_{form.name}")
