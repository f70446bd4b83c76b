"""The network of EfficientNet-Lite is scaled like the published one."""

from __future__ import annotations

import pytest

from transferleaf.backbones.efficientnet_lite_network import Scaling, build_network, stage_blocks

AS_IT_IS = Scaling(width=1.0, depth=1.0)
DEEPER = Scaling(width=1.0, depth=1.1)
WIDER_AND_DEEPER = Scaling(width=1.1, depth=1.2)


@pytest.mark.parametrize(
    ("scaling", "repeats"),
    [
        (AS_IT_IS, [1, 2, 2, 3, 3, 4, 1]),
        (DEEPER, [1, 3, 3, 4, 4, 5, 1]),
        (WIDER_AND_DEEPER, [1, 3, 3, 4, 4, 5, 1]),
    ],
)
def test_stages_between_the_first_and_the_last_get_deeper(scaling: Scaling, repeats: list[int]):
    assert [len(blocks) for blocks in stage_blocks(scaling)] == repeats


@pytest.mark.parametrize(
    ("scaling", "widths"),
    [
        (AS_IT_IS, [16, 24, 40, 80, 112, 192, 320]),
        (DEEPER, [16, 24, 40, 80, 112, 192, 320]),
        (WIDER_AND_DEEPER, [16, 24, 48, 88, 120, 208, 352]),
    ],
)
def test_all_stages_get_wider_in_steps_of_8(scaling: Scaling, widths: list[int]):
    assert [blocks[-1].width_out for blocks in stage_blocks(scaling)] == widths


def test_each_block_takes_the_output_of_the_previous_one():
    blocks = [block for blocks in stage_blocks(WIDER_AND_DEEPER) for block in blocks]

    assert [block.width_in for block in blocks] == [32, *(block.width_out for block in blocks[:-1])]


@pytest.mark.parametrize(
    ("position", "skips", "last_layer"),
    [(0, False, "block3a_project_bn"), (1, True, "block3b_add")],
)
def test_a_block_adds_its_input_if_the_shapes_agree(position: int, skips: bool, last_layer: str):
    block = stage_blocks(AS_IT_IS)[2][position]

    assert (block.skips, block.last_layer) == (skips, last_layer)


def test_stem_and_top_keep_their_widths():
    model = build_network("wide", WIDER_AND_DEEPER, 32)

    assert model.get_layer("stem_conv").filters == 32
    assert model.get_layer("top_conv").filters == 1280


@pytest.mark.parametrize("image_size", [32, 75, 160])
def test_it_halves_five_times_and_rounds_up(image_size: int):
    model = build_network("lite", AS_IT_IS, image_size)

    assert model.output.shape[1] == -(-image_size // 32)
