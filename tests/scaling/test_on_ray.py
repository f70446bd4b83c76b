"""Work on Ray gives the same results as on this machine, even if processes are killed."""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.scaling.conftest import NO_RAY
from tests.scaling.tasks import Failing, KilledBy, KilledOnce, Slow, Threads
from transferleaf.cli import app
from transferleaf.datasets import draw_leaves
from transferleaf.errors import ConfigError
from transferleaf.scaling import (
    facts,
    fill_store,
    photo_facts,
    predict_photos_to,
    read_predictions,
)
from transferleaf.scaling.parts import cut
from transferleaf.scaling.photo_locations import find_photos
from transferleaf.scaling.running import run
from transferleaf.scaling.workers import Workers

pytest.importorskip("ray.data", reason=NO_RAY)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("cluster"),
    # Ray warns about fields of its own settings.
    pytest.mark.filterwarnings(r"ignore::DeprecationWarning:ray\."),
]


def test_a_worker_that_is_killed_costs_only_its_part(classifier, photos, tmp_path, monkeypatch):
    from transferleaf.scaling import predicting

    def killed_once(**options):
        return KilledOnce(dataclasses.replace(task(**options)), tmp_path / "killed")

    predict_photos_to(classifier, photos, tmp_path / "here", photos_per_part=5)
    task = predicting.PredictTask
    monkeypatch.setattr(predicting, "PredictTask", killed_once)

    done = predict_photos_to(classifier, photos, tmp_path / "ray", photos_per_part=5, on="ray")

    assert (tmp_path / "killed").exists()
    assert (done.photos, done.bad, done.found_done) == (25, 1, 0)
    assert read_predictions(tmp_path / "ray") == read_predictions(tmp_path / "here")


def test_a_photo_that_kills_its_worker_is_named_and_all_others_are_done(
    photos, tmp_path, monkeypatch
):
    killer = photos / "03.png"
    expected = facts.photo_facts(sorted(photos.iterdir()), cache=tmp_path / "here")
    task = facts._FactsTask
    monkeypatch.setattr(
        facts, "_FactsTask", lambda **options: KilledBy(task(**options), str(killer))
    )

    found = photo_facts(
        sorted(photos.iterdir()), cache=tmp_path / "ray", on="ray", photos_per_part=4
    )

    assert found[3].error == "it ends every process that opens it."
    assert found[:3] + found[4:] == expected[:3] + expected[4:]


def test_a_killed_call_continues_from_its_parts(cluster, classifier, photos, tmp_path):
    model, folder = tmp_path / "leaf.keras", tmp_path / "found"
    classifier.save(model)
    command = [sys.executable, "-m", "tests.scaling.killed_prediction"]
    killed = subprocess.run(
        [*command, model, photos, folder, cluster.address],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
    )
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("part-*")}

    done = predict_photos_to(classifier, photos, folder, photos_per_part=10, on="ray")

    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("part-*")}
    assert killed.returncode == -signal.SIGKILL
    assert (done.photos, done.bad) == (25, 1)
    assert done.found_done == len(before) >= 2
    assert before.items() <= after.items(), "what was there is not computed again"
    assert len(read_predictions(folder)) == 25


def test_a_machine_that_is_lost_costs_only_its_parts(cluster, photos):
    parts = list(cut(find_photos(photos), 1))
    lost, spare = cluster.add_node(num_cpus=2), None
    found = {}

    # Two cores per worker, so that it runs on the machine that will be lost, and then on the spare
    # one.
    for number, node in run(Slow(), parts, on="ray", workers=Workers(cpus=2)):
        assert number not in found
        found[number] = node
        if spare is None:
            spare = cluster.add_node(num_cpus=2)
            cluster.remove_node(lost, allow_graceful=False)
    cluster.remove_node(spare)

    assert sorted(found) == list(range(25))
    assert lost.node_id in found.values()


def test_the_store_is_filled_with_the_features_for_training(classifier, photos, tmp_path):
    from transferleaf.features.frozen import FrozenPrefix
    from transferleaf.features.store import FeatureStore
    from transferleaf.text.progress import Reporter
    from transferleaf.training.evidence import stored_groups

    cache = tmp_path / "cache"
    found = fill_store(
        photos, backbone=classifier.backbone, cache=cache, on="ray", photos_per_part=10
    )
    filled = {path: path.stat().st_mtime_ns for path in cache.rglob("*.rows")}
    good = sorted(photos.glob("*.png"))

    def features(folder):
        store = FeatureStore(folder)
        prefix = FrozenPrefix(
            backbone=classifier.backbone, store=store, reporter=Reporter(0), photos=len(good)
        )
        return stored_groups(prefix, good).read()

    asked, computed_here = features(cache), features(tmp_path / "other")

    reason = "it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF image."
    assert found.bad == ((str(photos / "broken.jpg"), reason),)
    assert set(cache.rglob("*.rows")) == set(filled), "nothing was left to compute"
    assert asked == pytest.approx(computed_here, abs=1e-5)


def test_facts_equal_those_found_here(photos, tmp_path):
    names = [str(path) for path in sorted(photos.iterdir(), reverse=True)]

    found = photo_facts(names, cache=tmp_path / "ray", on="ray", photos_per_part=10)

    assert found == photo_facts(names, cache=tmp_path / "here")


def test_an_audit_on_ray_finds_what_an_audit_here_finds(tmp_path, monkeypatch):
    classes = ["Apple___healthy", "Bean___Rust"]
    leaves = draw_leaves(tmp_path / "leaves", classes=classes, photos_per_class=6, image_size=32)
    (leaves / "Bean___Rust/broken.jpg").write_text("no photo")
    found = {}
    for where, words in {"here": [], "ray": ["--on", "ray"]}.items():
        monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path / f"cache-{where}"))
        report = tmp_path / f"{where}.json"
        CliRunner().invoke(app, ["audit", str(leaves), "--json", str(report), *words])
        found[where] = json.loads(report.read_text())

    assert found["ray"] == found["here"]
    assert "broken.jpg" in json.dumps(found["here"])


def test_photos_in_the_memory_of_the_caller_travel_along(photos, tmp_path):
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/travelling/1.png", (photos / "01.png").read_bytes())

    found = photo_facts(["memory://travelling/1.png"], cache=tmp_path / "ray", on="ray")

    assert found == photo_facts([photos / "01.png"], cache=tmp_path / "here")


def test_each_worker_knows_its_granted_cores(photos):
    parts = list(cut(find_photos(photos), 5))

    found = dict(run(Threads(), parts, on="ray", workers=Workers(cpus=1, max_workers=2)))

    assert sorted(found) == [0, 1, 2, 3, 4]
    assert {threads for threads, _ in found.values()} == {1}
    assert len({process for _, process in found.values()}) <= 2


def test_an_error_in_a_worker_arrives_as_the_error_that_it_is(photos):
    parts = list(cut(find_photos(photos), 10))

    with pytest.raises(ConfigError) as caught:
        list(run(Failing(), parts, on="ray", workers=Workers()))

    assert str(caught.value) == "seed=-1 must be at least 0."


def test_predictions_cannot_go_into_the_memory_of_one_process(classifier, photos):
    with pytest.raises(ConfigError) as caught:
        predict_photos_to(classifier, photos, "memory://out", on="ray")

    assert str(caught.value) == (
        "folder='memory://out' must be a location that all workers can write to; memory:// "
        "exists only in this process."
    )


def test_another_cluster_than_that_of_the_process_is_refused(cluster, photos):
    parts = list(cut(find_photos(photos), 10))

    with pytest.raises(ConfigError) as caught:
        list(run(Threads(), parts, on="10.0.0.1:6379", workers=Workers()))

    assert str(caught.value) == (
        f"on='10.0.0.1:6379' must be \"ray\" or '{cluster.address}', the cluster that this "
        "process belongs to already."
    )
