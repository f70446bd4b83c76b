from __future__ import annotations

import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from transferleaf.runs.tensorboard_logs import TensorBoardLogs

EPOCHS = [
    {"accuracy": 0.5, "loss": 2.0, "val_accuracy": 0.25, "val_loss": 3.0},
    {"accuracy": 0.75, "loss": 1.0, "val_accuracy": 0.5, "val_loss": 1.5},
]


def curves(folder) -> dict[str, list[tuple[int, float]]]:
    """Return what TensorBoard itself reads from the folder."""
    events = EventAccumulator(str(folder)).Reload()
    return {
        tag: [
            (each.step, float(tf.make_ndarray(each.tensor_proto))) for each in events.Tensors(tag)
        ]
        for tag in events.Tags()["tensors"]
    }


def test_training_and_validation_have_a_curve_for_each_result(tmp_path):
    logs = TensorBoardLogs(tmp_path)
    for epoch, results in enumerate(EPOCHS):
        logs.on_epoch_end(epoch, results)
    logs.on_train_end()

    assert curves(tmp_path / "train") == {
        "epoch_accuracy": [(0, 0.5), (1, 0.75)],
        "epoch_loss": [(0, 2.0), (1, 1.0)],
    }
    assert curves(tmp_path / "validation") == {
        "epoch_accuracy": [(0, 0.25), (1, 0.5)],
        "epoch_loss": [(0, 3.0), (1, 1.5)],
    }


def test_the_solved_head_has_points_of_its_own(tmp_path):
    logs = TensorBoardLogs(tmp_path)
    logs.on_head_solved(EPOCHS[0])
    logs.on_epoch_end(0, EPOCHS[1])
    logs.on_train_end()

    assert curves(tmp_path / "train_head")["epoch_loss"] == [(0, 2.0)]
    assert curves(tmp_path / "validation_head")["epoch_loss"] == [(0, 3.0)]
    assert curves(tmp_path / "train")["epoch_loss"] == [(0, 1.0)]


def test_an_epoch_is_visible_while_the_next_one_runs(tmp_path):
    logs = TensorBoardLogs(tmp_path)
    logs.on_epoch_end(0, EPOCHS[0])

    assert curves(tmp_path / "train")["epoch_loss"] == [(0, 2.0)]

    logs.on_train_end()


def test_tensorboard_reads_them_as_curves(tmp_path):
    logs = TensorBoardLogs(tmp_path)
    logs.on_epoch_end(0, EPOCHS[0])
    logs.on_train_end()

    events = EventAccumulator(str(tmp_path / "train")).Reload()
    assert events.SummaryMetadata("epoch_loss").plugin_data.plugin_name == "scalars"


def test_a_stopped_training_that_never_began_writes_nothing(tmp_path):
    TensorBoardLogs(tmp_path).on_train_end()

    assert list(tmp_path.iterdir()) == []
