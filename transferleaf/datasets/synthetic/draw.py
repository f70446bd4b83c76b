"""Drawing a folder of leaf photos: the one function that users call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from transferleaf.datasets.synthetic.camera import develop, jpeg_bytes
from transferleaf.datasets.synthetic.classes import DRAWN_CLASSES
from transferleaf.datasets.synthetic.drawing import Drawing, LeafPhotos
from transferleaf.datasets.synthetic.folder import claim_folder, write_whole
from transferleaf.datasets.synthetic.leaf import grow_leaf
from transferleaf.datasets.synthetic.scene import photograph

# Drawn a little larger than the photo, then reduced, so that edges are smooth. The sheet of a
# leaf is larger still, because a leaf may be nearer than the picture is wide.
_SCENE_SCALE = 1.25
_SHEET_SCALE = 1.375


def draw_leaves(
    folder: str | Path,
    *,
    photos_per_class: int = 40,
    image_size: int = 256,
    seed: int = 0,
    classes: Iterable[str] | None = None,
    photos_per_leaf: tuple[int, int] = (1, 3),
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Draw a folder of leaf photos to train on where no real photos are at hand.

    The photos lie in class folders, ``Apple___Rust/leaf0007_photo2.jpg``; photos with the same
    leaf number in one class show one leaf. The same arguments give the same files, and a class
    looks the same whichever classes are drawn beside it. A drawing that was interrupted is
    completed, one that is complete is left alone.

    Args:
        folder: Where to draw. It must be absent, empty, or hold this very drawing.
        photos_per_class: Photos in each class, at least 1.
        image_size: Side of the square photos in pixels, at least 32.
        seed: Any integer from 0; another seed gives other leaves.
        classes: Some of ``DRAWN_CLASSES`` in any order; None draws all.
        photos_per_leaf: Fewest and most photos of one leaf.
        progress: Called after each leaf with the number of finished photos and of all photos.

    Returns:
        The folder.

    Raises:
        ConfigError: An argument is out of its range.
        FolderLayoutError: The folder holds something else; nothing was written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as empty:
    ...     drawn = draw_leaves(empty, photos_per_class=1, image_size=32, classes=["Bean___Rust"])
    ...     [path.name for path in drawn.glob("*/*.jpg")]
    ['leaf0001_photo1.jpg']
    """
    drawing = Drawing(
        photos_per_class=photos_per_class,
        image_size=image_size,
        seed=seed,
        classes=DRAWN_CLASSES if classes is None else tuple(sorted(classes, key=_place)),
        photos_per_leaf=photos_per_leaf,
    )
    folder = Path(folder)
    claim_folder(folder, drawing)
    total = photos_per_class * len(drawing.classes)
    done = 0
    for leaf in drawing.leaves():
        _photograph_missing(folder, drawing, leaf)
        done += leaf.photos
        if progress:
            progress(done, total)
    return folder


def _photograph_missing(folder: Path, drawing: Drawing, leaf: LeafPhotos) -> None:
    missing = {
        number: folder / file
        for number, file in enumerate(leaf.files(), start=1)
        if not (folder / file).exists()
    }
    if not missing:
        return
    size = drawing.image_size
    sheet, scene = round(size * _SHEET_SCALE), round(size * _SCENE_SCALE)
    blade = grow_leaf(leaf.label, drawing.random_of(leaf.label, leaf.leaf), sheet)
    for number, path in missing.items():
        rng = drawing.random_of(leaf.label, leaf.leaf, number)
        photo = develop(photograph(blade, rng, scene), rng, size)
        write_whole(path, jpeg_bytes(photo))


def _place(label: str) -> int:
    """Position of a class in ``DRAWN_CLASSES``; unknown ones last, for the check to find."""
    return DRAWN_CLASSES.index(label) if label in DRAWN_CLASSES else len(DRAWN_CLASSES)
