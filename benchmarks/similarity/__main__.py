"""Compare measures of similarity that need no batch norm with the one that does.

    python -m benchmarks.similarity --photos DATA --page docs/advice.md

``DATA`` holds ``plantvillage-mini``, ``field-mini`` and ``dissimilar-mini``. The networks are those
whose weights are installed. Only their batch-norm statistics are hidden from the other measures.
It takes a few minutes on two cores.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import typer
from PIL import Image, ImageOps
from rich.console import Console

from benchmarks.advice.page import measured_places
from benchmarks.advice.photo_sets import RealPhotos
from benchmarks.advice.photo_sets import photo_sets as photo_sets_of_advice
from benchmarks.advice.places import Place
from benchmarks.advice.results import Results
from benchmarks.markdown import markdown_table, replaced
from benchmarks.similarity import measures
from benchmarks.similarity.estimate import fitted, signal_table
from transferleaf.backbones import build_backbone, get_backbone
from transferleaf.datasets import draw_leaves
from transferleaf.datasets.photos.decoding import read_photo

NETWORKS = ("efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2")
SIZES = (96,)
_ADVICE = Path("benchmarks/advice/measured.json")
_PHOTOS = 160
_TINY = 24
REAL = ("plantvillage", "field leaves", "steel")


def main(
    photos: Annotated[Path | None, typer.Option(help="Folder of the real photos.")] = None,
    output: Annotated[Path, typer.Option(help="Folder of drawn photos.")] = Path("runs/similarity"),
    results: Annotated[Path, typer.Option(help="File of the results.")] = Path(
        "benchmarks/similarity/measured.json"
    ),
    page: Annotated[Path | None, typer.Option(help="Page to write.")] = None,
) -> None:
    """Measure, and write the table of a page."""
    if photos is not None:
        found = [_row(network, size, photos, output) for size in SIZES for network in NETWORKS]
        results.write_text(json.dumps(found, indent=1) + "\n", encoding="ascii")
    rows = json.loads(results.read_text(encoding="ascii"))
    Console(width=200).print(correlations(rows))
    Console().print("divergence = {:.2f} * synthetic ** {:.2f}".format(*fitted(rows)))
    if page is not None:
        text = replaced(page.read_text(encoding="utf-8"), "without-norms", correlations(rows))
        text = replaced(text, "signals", signal_table(_places(), rows))
        page.write_text(text, encoding="utf-8")


def _places() -> list[Place]:
    """Return the results of docs/advice.md. The photos are not needed."""
    unread = Path()
    sets = photo_sets_of_advice(
        RealPhotos(plantvillage=unread, leaves=unread, field=unread, steel=unread), unread
    )
    layers = build_backbone(get_backbone(NETWORKS[0]), weights=None).describe()
    return measured_places(Results(_ADVICE), sets, NETWORKS[0], layers)


def _row(network: str, size: int, photos: Path, output: Path) -> dict[str, object]:
    """Measure all photo sets with one network at one size."""
    run = measures.Network(
        build_backbone(get_backbone(network), image_size=size, weights="imagenet")
    )
    references, of_averages = {}, {}
    for name, make in measures.REFERENCES.items():
        references[name] = run.moments(make(_PHOTOS, size))
        of_averages[f"{name}, averages"] = run.of_averages
    values: dict[str, dict[str, float]] = {}
    for name, pixels in photo_sets(photos, output, size).items():
        seen = run.moments(pixels)
        values[name] = {
            "batch norm": measures.batch_norm(run, pixels),
            **{
                reference: measures.early(measures.against(moments, seen))
                for reference, moments in references.items()
            },
            **{
                reference: measures.early(measures.against(moments, run.of_averages))
                for reference, moments in of_averages.items()
            },
            "colours": measures.colours(pixels),
            "texture": measures.texture(pixels),
            "norm": measures.norm(run.averages),
            "entropy": measures.entropy(run.averages),
        }
        Console().print(network, size, name, values[name], highlight=False)
    return {"network": network, "image_size": size, "photos": _PHOTOS, "values": values}


def photo_sets(photos: Path, output: Path, size: int) -> dict[str, measures.Photos]:
    """Read the photo sets, ``(n, size, size, 3)`` each."""
    leaves = _files(photos / "plantvillage-mini")
    originals = [read_photo(path) for path in leaves]
    draw_leaves(output / "drawn", photos_per_class=_PHOTOS // 8)
    return {
        "plantvillage": np.stack([read_photo(path, size) for path in leaves]),
        "field leaves": _read(photos / "field-mini", size),
        "steel": _read(photos / "dissimilar-mini", size),
        "plantvillage, grey": _changed(originals, size, ImageOps.grayscale),
        "plantvillage, tiny": _changed(originals, size, _tiny),
        "plantvillage, inverted": _changed(originals, size, ImageOps.invert),
        "drawn leaves": _read(output / "drawn", size),
        "digits": _digits(size),
    }


def _files(folder: Path) -> list[Path]:
    """Return photos from the whole folder, evenly spread over its classes."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".png"))
    return [found[int(place)] for place in np.linspace(0, len(found) - 1, _PHOTOS)]


def _read(folder: Path, size: int) -> measures.Photos:
    return np.stack([read_photo(path, size) for path in _files(folder)])


def _changed(originals: list[measures.Photos], size: int, change: object) -> measures.Photos:
    assert callable(change)
    changed = [change(Image.fromarray(each)).convert("RGB") for each in originals]
    return np.stack(
        [np.asarray(each.resize((size, size), Image.Resampling.BILINEAR)) for each in changed]
    )


def _tiny(photo: Image.Image) -> Image.Image:
    small = photo.resize((_TINY, _TINY), Image.Resampling.BOX)
    return small.resize(photo.size, Image.Resampling.BICUBIC)


def _digits(size: int) -> measures.Photos:
    from sklearn.datasets import load_digits

    images = np.uint8(load_digits().images[:_PHOTOS] * (255 / 16))
    large = [
        Image.fromarray(each).resize((size, size), Image.Resampling.BICUBIC) for each in images
    ]
    return np.stack([np.asarray(each.convert("RGB")) for each in large])


def correlations(rows: list[dict[str, object]]) -> str:
    """Return a table of rank correlations with the batch-norm measure."""
    first = rows[0]["values"]
    assert isinstance(first, dict)
    names = [name for name in first["steel"] if name != "batch norm"]
    heads = [f"{row['network']}, {row['image_size']} px" for row in rows]
    cells = ([name, *(_cell(row["values"], name) for row in rows)] for name in names)
    return markdown_table(["measure", *heads], cells)


def _cell(values: object, name: str) -> str:
    assert isinstance(values, dict)
    ranks = [
        np.argsort(np.argsort([each[measure] for each in values.values()]))
        for measure in ("batch norm", name)
    ]
    correlation = float(np.asarray(np.corrcoef(ranks))[0, 1])
    leaves, field, steel = (values[each][name] for each in REAL)
    return f"{correlation:.2f}{'' if max(leaves, field) < steel else ', wrong'}"


if __name__ == "__main__":
    typer.run(main)
