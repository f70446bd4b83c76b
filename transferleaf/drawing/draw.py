"""Draw a folder of leaf photos."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from transferleaf.drawing.classes import DRAWN_CLASSES
from transferleaf.drawing.drawing import Drawing, DrawnLeaf
from transferleaf.drawing.folder import claim_folder, write_whole
from transferleaf.drawing.growing.leaf import grow_leaf
from transferleaf.drawing.photographing.camera import develop, jpeg_bytes
from transferleaf.drawing.photographing.scene import set_scene
from transferleaf.errors import ConfigError

# A scene is drawn larger than the photo and then reduced, which smooths edges. The sheet of a leaf
# is even larger, because a leaf may be wider than the picture.
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
    """Draw a folder of synthetic leaf photos, for trying the library without real photos.

    The photos are in class folders, such as ``Apple___Rust/leaf0007_photo2.jpg``. Photos of a class
    with the same leaf number show the same leaf. The same arguments give the same files, byte for
    byte on one machine, and a class does not depend on which other classes are drawn. If the folder
    contains a part of this drawing, the rest is added.

    Args:
        folder: The folder: missing, empty, or with the same drawing.
        photos_per_class: Number of photos per class, at least 1.
        image_size: Height and width of the photos in pixels, at least 32.
        seed: Random seed, at least 0. Another seed gives other leaves.
        classes: Some of ``DRAWN_CLASSES``. Default: all.
        photos_per_leaf: Minimum and maximum number of photos per leaf, from 1.
        progress: Called after each leaf with the number of finished photos and of all photos.

    Returns:
        The folder.

    Raises:
        ConfigError: An argument is out of range. Nothing was written.
        FolderLayoutError: The folder contains something else. Nothing was written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as empty:
    ...     drawn = draw_leaves(empty, classes=["Bean___Rust"], photos_per_class=1, image_size=32)
    ...     [path.name for path in drawn.glob("Bean___Rust/*")]
    ['leaf0001_photo1.jpg']
    """
    if isinstance(classes, str):
        raise ConfigError("classes", classes, "be a list of names, even for one class")
    drawing = Drawing(
        photos_per_class=photos_per_class,
        image_size=image_size,
        seed=seed,
        classes=DRAWN_CLASSES if classes is None else tuple(classes),
        photos_per_leaf=photos_per_leaf,
    )
    folder = Path(folder)
    claim_folder(folder, drawing)
    done, total = 0, photos_per_class * len(drawing.classes)
    for leaf in drawing.leaves():
        _draw_missing(folder, drawing, leaf)
        done += leaf.n_photos
        if progress is not None:
            progress(done, total)
    return folder


def _draw_missing(folder: Path, drawing: Drawing, leaf: DrawnLeaf) -> None:
    paths = enumerate((folder / file for file in leaf.files()), start=1)
    missing = [(photo, path) for photo, path in paths if not path.exists()]
    if not missing:
        return
    size = drawing.image_size
    sheet, scene = round(_SHEET_SCALE * size), round(_SCENE_SCALE * size)
    blade = grow_leaf(leaf.class_name, drawing.random_of(leaf.class_name, leaf.number), sheet)
    for photo, path in missing:
        rng = drawing.random_of(leaf.class_name, leaf.number, photo)
        seen = set_scene(blade, rng, scene)
        write_whole(path, jpeg_bytes(develop(seen, rng, size)))
