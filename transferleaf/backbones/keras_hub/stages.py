"""The stages of KerasHub networks, without building a network."""

from __future__ import annotations

import math

from transferleaf.backbones.spec import Stage

_GROUPS = 4  # the groups of a transformer's blocks


def convolutional_stages(count: int) -> tuple[Stage, ...]:
    """Return the stages of a network that halves its resolution ``count`` times.

    >>> [stage.name for stage in convolutional_stages(3)]
    ['stem', 'stage1', 'stage2']
    """
    names = ["stem", *(f"stage{number}" for number in range(1, count))]
    return tuple(Stage(name=name, last_layer=f"{name}_end") for name in names)


def sequence_stages(count: int) -> tuple[Stage, ...]:
    """Return the stages of a Swin transformer: a stem and ``count`` stages.

    >>> [stage.last_layer for stage in sequence_stages(3)]
    ['patches', 'blocks1', 'blocks2', 'norm']
    """
    names = ["patches", *(f"blocks{number}" for number in range(1, count)), "norm"]
    return tuple(
        Stage(name=stage, last_layer=name, map_layer=f"{stage}_map")
        for stage, name in zip(_stage_names(count), names, strict=True)
    )


def _stage_names(count: int) -> list[str]:
    return ["stem", *(f"stage{number}" for number in range(1, count + 1))]


def transformer_stages(
    blocks: int, *, after_patches: int = 0, prefix: bool = True
) -> tuple[Stage, ...]:
    """Return the stages of a transformer.

    Args:
        blocks: Number of blocks.
        after_patches: Number of layers between the embedding and the first block.
        prefix: Whether there are class or register tokens, which the last stage shows the head.

    >>> [stage.last_layer for stage in transformer_stages(12)]
    ['patches', 'block3', 'block6', 'block9', 'norm']
    >>> [stage.token_layer for stage in transformer_stages(2)]
    [None, None, 'blocks2_tokens']
    """
    stem = f"stem_{after_patches - 1}" if after_patches else "patches"
    ends = [stem, *(f"block{number}" for number in sorted(group_ends(blocks))[:-1]), "norm"]
    names = ["stem", *(f"blocks{number}" for number in range(1, len(ends)))]
    return tuple(
        Stage(
            name=name,
            last_layer=end,
            map_layer=f"{name}_map",
            token_layer=f"{name}_tokens" if prefix and end == "norm" else None,
        )
        for name, end in zip(names, ends, strict=True)
    )


def group_ends(blocks: int) -> set[int]:
    """Return the numbers of the blocks at which a group ends.

    >>> sorted(group_ends(12)), sorted(group_ends(6)), sorted(group_ends(2))
    ([3, 6, 9, 12], [2, 3, 5, 6], [1, 2])
    """
    groups = min(_GROUPS, blocks)
    return {math.ceil(blocks * number / groups) for number in range(1, groups + 1)}
