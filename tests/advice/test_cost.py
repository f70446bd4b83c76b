from __future__ import annotations

from tests.advice.made import some_layers
from transferleaf.advice.cost import Cost, cost_of
from transferleaf.freezing import FreezePolicy

PHOTOS = {"classes": 6, "training_photos": 400}


def test_a_frozen_base_costs_one_pass():
    cost = cost_of(FreezePolicy.freeze_base(), some_layers(), **PHOTOS)

    assert str(cost) == (
        "One forward pass per photo (6 million multiply-adds), stored, to solve the head. Nothing "
        "else trains."
    )


def test_training_costs_passes_in_each_epoch():
    cost = cost_of(FreezePolicy.train_last(stages=1, epochs=4), some_layers(), **PHOTOS)

    assert str(cost) == (
        "One forward pass per photo (6 million multiply-adds), stored, to solve the head; then 4 "
        "epochs for 1 stage, about 1.0 passes each."
    )


def test_weights_are_counted_in_megabytes():
    assert cost_of(FreezePolicy.freeze_base(), some_layers(), **PHOTOS).megabytes == 3.0


def test_json_brings_back_an_equal_cost():
    cost = cost_of(FreezePolicy.train_all(), some_layers(), **PHOTOS)

    assert Cost.from_dict(cost.to_dict()) == cost
