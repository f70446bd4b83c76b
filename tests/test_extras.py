"""Each documented extra works in an environment that contains only transferleaf with it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.datasets.layouts.tiny_village import copy_of_tiny_village

ROOT = Path(__file__).parents[1]
# These packages are not for users: benchmarks compare the library with them.
_OURS = {"bench"}

TRAINED = """
import numpy as np, transferleaf as tl
labels = np.arange(12) % 3
images = np.random.default_rng(0).integers(0, 100, (12, 32, 32, 3))
images[np.arange(12), :, :, labels] += 100
leaf = tl.TransferClassifier(
    classes=["Bean___rust", "Corn___rust", "Mint___rust"], backbone="baseline_cnn", weights=None,
    image_size=32,
)
leaf.fit(images, labels, verbose=0)
"""
EXPORTED = (
    TRAINED
    + """
from transferleaf.export import open_exported
for name in {names}:
    leaf.export(name)
    found = open_exported(name).predict(images.astype("uint8"))
    assert np.abs(found - leaf.predict(images, verbose=0)).max() < 1e-3, name
    print("exported", name)
"""
)
# What a user does with each extra. The empty name is the plain install.
ACTIONS = {
    "": EXPORTED.format(names='("leaf.xml", "leaf-again.xml", "leaf_saved_model")'),
    "onnx": EXPORTED.format(names='("leaf.onnx",)'),
    "litert": EXPORTED.format(names='("leaf.tflite",)'),
    "notebook": """
import transferleaf as tl
report = tl.Report.load("report.json")
assert len(report.to_pandas()) > 1
""",
    "heic": """
import numpy as np, pillow_heif
from transferleaf.datasets.photos.decoding import read_photo
pixels = np.full((40, 30, 3), 90, "uint8")
pillow_heif.from_bytes("RGB", (30, 40), pixels.tobytes()).save("leaf.heic")
assert read_photo("leaf.heic").shape == (40, 30, 3)
""",
    "hub": """
import numpy as np, transferleaf as tl
spec = tl.get_backbone("keras_hub:deit_tiny_distilled_patch16_224_imagenet")
leaf = tl.TransferClassifier(classes=["a", "b"], backbone=spec, weights=None, image_size=64)
assert leaf(np.zeros((1, 64, 64, 3), "uint8")).shape == (1, 2)
""",
    "lite": """
import numpy as np, transferleaf as tl
for name in ("efficientnet_lite1", "efficientnet_lite2"):
    leaf = tl.TransferClassifier(classes=["a", "b"], backbone=name, image_size=64)
    assert leaf(np.zeros((1, 64, 64, 3), "uint8")).shape == (1, 2)
""",
    "parquet": """
import pyarrow, pyarrow.parquet, transferleaf as tl
names = [f"{name}/{number}.png" for name in ("one", "two") for number in range(6)]
rows = {"path": names, "label": [name[:3] for name in names]}
pyarrow.parquet.write_table(pyarrow.table(rows), "photos/table.parquet")
assert len(tl.open_leaves("photos/table.parquet")) == 12
""",
    "ray": TRAINED
    + """
workers = tl.scaling.Workers(cpus=1)
done = tl.scaling.predict_photos_to(leaf, "photos", "found", on="ray", workers=workers)
assert (done.photos, done.bad) == (12, 0)
assert len(tl.scaling.read_predictions("found")) == 12
""",
    "serve": TRAINED
    + """
import json, threading, urllib.request
from pathlib import Path
from transferleaf.pages.site.access import Access
from transferleaf.pages.site.address import listen
from transferleaf.pages.site.running import server_of
from transferleaf.pages.trying.application import trying
from transferleaf.pages.trying.asked_model import AskedModel
asked = AskedModel.of(leaf, Path("leaf.keras"))
asked.begin()
address, started = listen(), threading.Event()
server = server_of(trying(asked, access=Access()), started=started.set)
threading.Thread(target=server.run, kwargs={"sockets": [address.listening]}).start()
assert started.wait(30)
for place in ("", "?lang=ko", "static/site/site.css", "static/page/try.js"):
    assert urllib.request.urlopen(address.url() + place).status == 200
head = b"--x\\r\\nContent-Disposition: form-data; name=photo; filename=1.png\\r\\n\\r\\n"
body = head + Path("photos/one/0.png").read_bytes() + b"\\r\\n--x--\\r\\n"
headers = {"content-type": "multipart/form-data; boundary=x"}
sent = urllib.request.Request(address.url() + "api/predict", body, headers)
assert json.load(urllib.request.urlopen(sent))["photos"][0]["label"] in leaf.classes
server.should_exit = True
""",
    "tfds": """
import transferleaf as tl
assert tl.open_leaves("prepared").class_counts() == {"Mint___healthy": 2, "Mint___rust": 2}
""",
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("uv") is None, reason="uv is not installed"),
]


def documented() -> set[str]:
    """Return the names of the extras in pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    section = text.partition("[project.optional-dependencies]")[2].partition("\n[dep")[0]
    return set(re.findall(r"^(\w+) = \[", section, re.MULTILINE))


def uv(*words: str | Path) -> None:
    """Run uv. Its files are links to its cache, so an environment is cheap.

    Without a package index, the test is skipped.
    """
    command = [sys.executable, "-m", "uv", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200)
    if done.returncode == 0:
        return
    if re.search(r"error sending request|[Cc]ould not connect|dns error|timed out", done.stderr):
        pytest.skip(f"no package index to ask: {done.stderr.strip()[-200:]}")
    pytest.fail(done.stderr)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", folder, ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture
def folder(tmp_path) -> Path:
    """A working folder with the files that the actions read."""
    from tests.datasets.painting import paint_all
    from tests.reports.made import full_report

    paint_all(tmp_path, [f"photos/{name}/{n}.png" for name in ("one", "two") for n in range(6)])
    full_report().save(tmp_path / "report.json")
    return tmp_path


def test_each_extra_has_an_action():
    assert documented() - _OURS == ACTIONS.keys() - {""}


@pytest.mark.parametrize("extra", ACTIONS, ids=[extra or "none" for extra in ACTIONS])
def test_an_extra_brings_all_that_its_work_needs(wheel, folder, extra):
    environment = folder / "environment"
    uv("venv", "--quiet", "--python", sys.executable, environment)
    needed = f"{wheel}[{extra}]" if extra else str(wheel)
    uv("pip", "install", "--quiet", "--python", environment, needed)
    if extra == "tfds":
        copy_of_tiny_village(folder / "prepared")
    # Nothing from the checkout or from the environment of the tests.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    variables |= {"TRANSFERLEAF_CACHE": str(folder / "cache"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    variables["RAY_ADDRESS"] = "local"  # not the cluster of another test
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    done = subprocess.run(
        [python, "-I", "-c", ACTIONS[extra]],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=900,
    )

    shutil.rmtree(environment)
    assert done.returncode == 0, done.stderr[-3000:]
