"""The listed presets of KerasHub, with the arguments of their networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from transferleaf.backbones.keras_hub.architecture import Architecture
from transferleaf.backbones.keras_hub.stages import (
    convolutional_stages,
    sequence_stages,
    transformer_stages,
)
from transferleaf.backbones.spec import PixelConvention

_IMAGENET = PixelConvention(mean=(123.675, 116.28, 103.53), std=(58.395, 57.12, 57.375))
_HALF = PixelConvention(mean=(127.5, 127.5, 127.5), std=(127.5, 127.5, 127.5))
_CLIP = PixelConvention(
    mean=(122.7709383, 116.7460125, 104.0937362), std=(68.5005327, 66.6321375, 70.3231630)
)


def _convolutional(kind: str, width: int, arguments: Mapping[str, Any]) -> Architecture:
    return Architecture(
        kind=kind,
        arguments=arguments,
        stages=convolutional_stages(5),
        feature_width=width,
        pixels=_IMAGENET,
        license="Apache-2.0",
    )


def _resnet(blocks: Sequence[int], block_type: str) -> Architecture:
    vd = block_type.endswith("_vd")
    return _convolutional(
        "ResNetBackbone",
        512 if block_type.startswith("basic") else 2048,
        {
            "input_conv_filters": [32, 32, 64] if vd else [64],
            "input_conv_kernel_sizes": [3, 3, 3] if vd else [7],
            "stackwise_num_filters": [64, 128, 256, 512],
            "stackwise_num_blocks": list(blocks),
            "stackwise_num_strides": [1, 2, 2, 2],
            "block_type": block_type,
        },
    )


def _transformer(
    kind: str,
    patch_size: int,
    width: int,
    blocks: int,
    *,
    mlp: str = "intermediate_dim",
    pixels: PixelConvention = _IMAGENET,
    image_size: int = 224,
    license: str = "Apache-2.0",
    after_patches: int = 0,
    **arguments: Any,
) -> Architecture:
    """Return a transformer with 64 channels per head and an MLP that is four times as wide."""
    return Architecture(
        kind=kind,
        arguments={
            "patch_size": patch_size,
            "hidden_dim": width,
            "num_heads": width // 64,
            "num_layers": blocks,
            mlp: 4 * width,
            **arguments,
        },
        stages=transformer_stages(
            blocks, after_patches=after_patches, prefix=kind != "SigLIPVisionEncoder"
        ),
        feature_width=width,
        pixels=pixels,
        image_size=image_size,
        min_image_size=2 * patch_size,
        image_size_step=patch_size,
        license=license,
    )


def _vit(patch_size: int, width: int, blocks: int, image_size: int = 224) -> Architecture:
    return _transformer(
        "ViTBackbone",
        patch_size,
        width,
        blocks,
        mlp="mlp_dim",
        pixels=_HALF,
        image_size=image_size,
    )


def _deit(width: int) -> Architecture:
    return _transformer("DeiTBackbone", 16, width, 12)


def _dinov2(width: int, registers: int = 0) -> Architecture:
    return _transformer(
        "DINOV2Backbone",
        14,
        width,
        12,
        num_register_tokens=registers,
        position_embedding_shape=(518, 518, 3),
    )


def _dinov3(width: int) -> Architecture:
    return _transformer(
        "DINOV3Backbone",
        16,
        width,
        12,
        license="DINOv3 License",
        num_register_tokens=4,
        use_key_bias=False,
        layer_norm_eps=1e-5,
    )


def _clip(patch_size: int) -> Architecture:
    return _transformer(
        "CLIPVisionEncoder",
        patch_size,
        768,
        12,
        pixels=_CLIP,
        license="MIT",
        after_patches=1,
    )


def _swin(width: int, depths: Sequence[int], heads: Sequence[int]) -> Architecture:
    return Architecture(
        kind="SwinTransformerBackbone",
        arguments={
            "embed_dim": width,
            "depths": tuple(depths),
            "num_heads": tuple(heads),
            "window_size": 7,
            "patch_size": 4,
        },
        stages=sequence_stages(len(depths)),
        feature_width=width * 2 ** (len(depths) - 1),
        pixels=_IMAGENET,
        min_image_size=224,
        image_size_step=32,
        license="Apache-2.0",
    )


# One entry per stack, as in the table of the EfficientNet paper.
_EFFICIENTNET = {
    "stackwise_kernel_sizes": [3, 3, 5, 3, 5, 5, 3],
    "stackwise_num_repeats": [1, 2, 2, 3, 3, 4, 1],
    "stackwise_input_filters": [32, 16, 24, 40, 80, 112, 192],
    "stackwise_output_filters": [16, 24, 40, 80, 112, 192, 320],
    "stackwise_expansion_ratios": [1, 6, 6, 6, 6, 6, 6],
    "stackwise_squeeze_and_excite_ratios": [0.25] * 7,
    "stackwise_strides": [1, 2, 2, 2, 1, 2, 1],
    "stackwise_block_types": ["v1"] * 7,
    "stackwise_width_coefficients": [1.0] * 7,
    "stackwise_depth_coefficients": [1.0] * 7,
    "min_depth": None,
    "use_depth_divisor_as_min_depth": True,
    "cap_round_filter_decrease": True,
    "dropout": 0,
}

_MOBILENET_V3_LARGE = {
    "stackwise_num_blocks": [2, 3, 4, 2, 3],
    "stackwise_expansion": [
        [64, 72],
        [72, 120, 120],
        [240, 200, 184, 184],
        [480, 672],
        [672, 960, 960],
    ],
    "stackwise_num_filters": [[24] * 2, [40] * 3, [80] * 4, [112] * 2, [160] * 3],
    "stackwise_kernel_size": [[3] * 2, [5] * 3, [3] * 4, [3] * 2, [5] * 3],
    "stackwise_num_strides": [[2, 1], [2, 1, 1], [2, 1, 1, 1], [1, 1], [2, 1, 1]],
    "stackwise_se_ratio": [[None] * 2, [0.25] * 3, [None] * 4, [0.25] * 2, [0.25] * 3],
    "stackwise_activation": [
        ["relu"] * 2,
        ["relu"] * 3,
        ["hard_swish"] * 4,
        ["hard_swish"] * 2,
        ["hard_swish"] * 3,
    ],
    "stackwise_padding": [[1] * 2, [2] * 3, [1] * 4, [1] * 2, [2] * 3],
    "output_num_filters": 1280,
    "input_num_filters": 16,
    "depthwise_filters": 16,
    "depthwise_stride": 1,
    "depthwise_residual": True,
    "squeeze_and_excite": None,
    "last_layer_filter": 960,
    "input_activation": "hard_swish",
    "output_activation": "hard_swish",
}

_MOBILENET_V3_SMALL = {
    "stackwise_num_blocks": [2, 3, 2, 3],
    "stackwise_expansion": [[72, 88], [96, 240, 240], [120, 144], [288, 576, 576]],
    "stackwise_num_filters": [[24] * 2, [40] * 3, [48] * 2, [96] * 3],
    "stackwise_kernel_size": [[3] * 2, [5] * 3, [5] * 2, [5] * 3],
    "stackwise_num_strides": [[2, 1], [2, 1, 1], [1, 1], [2, 1, 1]],
    "stackwise_se_ratio": [[None] * 2, [0.25] * 3, [0.25] * 2, [0.25] * 3],
    "stackwise_activation": [
        ["relu"] * 2,
        ["hard_swish"] * 3,
        ["hard_swish"] * 2,
        ["hard_swish"] * 3,
    ],
    "stackwise_padding": [[1] * 2, [2] * 3, [2] * 2, [2] * 3],
    "output_num_filters": 1024,
    "input_num_filters": 16,
    "depthwise_filters": 16,
    "depthwise_stride": 2,
    "depthwise_residual": False,
    "squeeze_and_excite": 0.5,
    "last_layer_filter": 576,
    "input_activation": "hard_swish",
    "output_activation": "hard_swish",
}

# Where KerasHub converted each preset from, by its scripts (tools/checkpoint_conversion in its
# repository). The licence is that of the card of this model on Hugging Face, with these exceptions:
# - resnet_vd: from PaddlePaddle's models; the card of KerasHub's own copy, such as
#   keras/resnet_vd_18_imagenet, says Apache-2.0.
# - dinov2: the card in facebookresearch/dinov2 (MODEL_CARD.md) and its README, which covers the
#   networks with registers.
# - clip: the card names no licence; MIT is that of the repository openai/CLIP. The card says that
#   deployed use is out of scope.
# - swin: the card says Apache-2.0, the repository microsoft/Swin-Transformer and timm say MIT.
_PADDLE = "PaddlePaddle"
_ORIGINS = {
    "resnet_18_imagenet": "timm/resnet18.a1_in1k",
    "resnet_50_imagenet": "timm/resnet50.a1_in1k",
    "resnet_vd_18_imagenet": _PADDLE,
    "resnet_vd_50_imagenet": _PADDLE,
    "densenet_121_imagenet": "timm/densenet121.tv_in1k",
    "efficientnet_b0_ra_imagenet": "timm/efficientnet_b0.ra_in1k",
    "mobilenet_v3_small_100_imagenet": "timm/mobilenetv3_small_100.lamb_in1k",
    "mobilenet_v3_large_100_imagenet": "timm/mobilenetv3_large_100.ra_in1k",
    "vit_base_patch16_224_imagenet": "google/vit-base-patch16-224",
    "vit_base_patch16_384_imagenet": "google/vit-base-patch16-384",
    "vit_large_patch16_224_imagenet": "google/vit-large-patch16-224",
    "deit_tiny_distilled_patch16_224_imagenet": "facebook/deit-tiny-distilled-patch16-224",
    "deit_small_distilled_patch16_224_imagenet": "facebook/deit-small-distilled-patch16-224",
    "deit_base_distilled_patch16_224_imagenet": "facebook/deit-base-distilled-patch16-224",
    "swin_tiny_patch4_window7_224": "microsoft/swin-tiny-patch4-window7-224",
    "swin_small_patch4_window7_224": "microsoft/swin-small-patch4-window7-224",
    "dinov2_small": "facebook/dinov2-small",
    "dinov2_base": "facebook/dinov2-base",
    "dinov2_with_registers_small": "facebook/dinov2-with-registers-small",
    "dinov2_with_registers_base": "facebook/dinov2-with-registers-base",
    "dinov3_vit_small_lvd1689m": "facebook/dinov3-vits16-pretrain-lvd1689m",
    "dinov3_vit_base_lvd1689m": "facebook/dinov3-vitb16-pretrain-lvd1689m",
    "siglip_base_patch16_224": "google/siglip-base-patch16-224",
    "clip_vit_base_patch16": "openai/clip-vit-base-patch16",
    "clip_vit_base_patch32": "openai/clip-vit-base-patch32",
}

_ARCHITECTURES = {
    "resnet_18_imagenet": _resnet((2, 2, 2, 2), "basic_block"),
    "resnet_50_imagenet": _resnet((3, 4, 6, 3), "bottleneck_block"),
    "resnet_vd_18_imagenet": _resnet((2, 2, 2, 2), "basic_block_vd"),
    "resnet_vd_50_imagenet": _resnet((3, 4, 6, 3), "bottleneck_block_vd"),
    "densenet_121_imagenet": _convolutional(
        "DenseNetBackbone",
        1024,
        {"stackwise_num_repeats": [6, 12, 24, 16]},
    ),
    "efficientnet_b0_ra_imagenet": _convolutional("EfficientNetBackbone", 1280, _EFFICIENTNET),
    "mobilenet_v3_small_100_imagenet": _convolutional(
        "MobileNetBackbone", 576, _MOBILENET_V3_SMALL
    ),
    "mobilenet_v3_large_100_imagenet": _convolutional(
        "MobileNetBackbone", 960, _MOBILENET_V3_LARGE
    ),
    "vit_base_patch16_224_imagenet": _vit(16, 768, 12),
    "vit_base_patch16_384_imagenet": _vit(16, 768, 12, 384),
    "vit_large_patch16_224_imagenet": _vit(16, 1024, 24),
    "deit_tiny_distilled_patch16_224_imagenet": _deit(192),
    "deit_small_distilled_patch16_224_imagenet": _deit(384),
    "deit_base_distilled_patch16_224_imagenet": _deit(768),
    "swin_tiny_patch4_window7_224": _swin(96, (2, 2, 6, 2), (3, 6, 12, 24)),
    "swin_small_patch4_window7_224": _swin(96, (2, 2, 18, 2), (3, 6, 12, 24)),
    "dinov2_small": _dinov2(384),
    "dinov2_base": _dinov2(768),
    "dinov2_with_registers_small": _dinov2(384, 4),
    "dinov2_with_registers_base": _dinov2(768, 4),
    "dinov3_vit_small_lvd1689m": _dinov3(384),
    "dinov3_vit_base_lvd1689m": _dinov3(768),
    "siglip_base_patch16_224": _transformer("SigLIPVisionEncoder", 16, 768, 12, pixels=_HALF),
    "clip_vit_base_patch16": _clip(16),
    "clip_vit_base_patch32": _clip(32),
}

LISTED: Mapping[str, Architecture] = MappingProxyType(
    {name: replace(found, origin=_ORIGINS[name]) for name, found in _ARCHITECTURES.items()}
)
