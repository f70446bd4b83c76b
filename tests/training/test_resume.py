"""The state of a fit between two epochs is written atomically, and refused for other fits."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.errors import ResumeError, ResumeMismatchError, ResumeWriteError
from transferleaf.training.resume import FitState, ResumeFolder

SETTINGS = {"plan": {"epochs": 3}, "seed": None}


def state(**changes) -> FitState:
    values = {
        "seed": 5,
        "phase": 1,
        "epoch": 2,
        "history": {"loss": [0.5, 0.25]},
        "best_epoch": 1,
        "best_logs": {"val_loss": 0.25},
        "weights": [np.arange(12, dtype="float32").reshape(3, 4), np.ones(2, "float16")],
        "leader": 2,
        "leader_logs": {"val_loss": 0.125},
        "schedule": [4, 20],
        "best_weights": [np.zeros(3)] * 11,
    }
    return FitState(**{**values, **changes})


def test_what_was_saved_is_loaded(tmp_path):
    folder = ResumeFolder(tmp_path / "new" / "fit", SETTINGS)

    folder.save(state())
    found = folder.load()

    assert (found.seed, found.phase, found.epoch) == (5, 1, 2)
    assert (found.best_epoch, found.best_logs) == (1, {"val_loss": 0.25})
    assert (found.leader, found.leader_logs) == (2, {"val_loss": 0.125})
    assert found.schedule == [4, 20]
    assert found.history == {"loss": [0.5, 0.25]}
    np.testing.assert_equal(found.weights, state().weights)
    assert [array.dtype for array in found.weights] == ["float32", "float16"]
    assert (len(found.best_weights), found.optimizer) == (11, [])


def test_the_latest_state_replaces_the_one_before(tmp_path):
    folder = ResumeFolder(tmp_path, SETTINGS)

    folder.save(state())
    folder.save(state(epoch=3))

    assert folder.load().epoch == 3
    assert [file.name for file in tmp_path.iterdir()] == ["fit.npz"]


def test_a_new_folder_contains_no_state(tmp_path):
    assert ResumeFolder(tmp_path / "new", SETTINGS).load() is None


def test_a_state_of_another_fit_is_refused_and_the_difference_named(tmp_path):
    ResumeFolder(tmp_path, SETTINGS).save(state())

    with pytest.raises(ResumeMismatchError) as caught:
        ResumeFolder(tmp_path, {"plan": {"epochs": 4}, "seed": None, "augment": "x"}).load()

    assert caught.value.differing == ("augment", "plan")
    assert str(caught.value) == (
        f"the training state '{tmp_path / 'fit.npz'}' belongs to a fit that differs in "
        "augment, plan; use a separate folder for each fit."
    )


def test_a_killed_write_leaves_the_state_before_it(tmp_path, monkeypatch):
    folder = ResumeFolder(tmp_path, SETTINGS)
    folder.save(state())

    def killed(stream, **arrays):
        stream.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", killed)
    with pytest.raises(KeyboardInterrupt):
        folder.save(state(epoch=3))

    assert folder.load().epoch == 2


def test_a_damaged_state_is_named(tmp_path):
    (tmp_path / "fit.npz").write_bytes(b"PK no archive")

    with pytest.raises(ResumeError, match=r"fit\.npz' cannot be used: it is damaged .*remove the"):
        ResumeFolder(tmp_path, SETTINGS).load()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ResumeWriteError, match="cannot be written"):
        ResumeFolder(tmp_path / "file" / "fit", SETTINGS).save(state())


def test_a_full_disk_keeps_the_epoch_before_and_says_so(tmp_path, monkeypatch):
    folder = ResumeFolder(tmp_path, SETTINGS)
    folder.save(state(epoch=2))

    def write_to_a_full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.savez", write_to_a_full_disk)
    with pytest.raises(ResumeWriteError) as caught:
        folder.save(state(epoch=3))

    assert str(caught.value) == (
        f"the training state {str(tmp_path / 'fit.npz')!r} cannot be written (No space left on "
        "device). That of the last complete epoch is kept: free disk space there, and the same "
        "call continues from it."
    )
    assert folder.load().epoch == 2
