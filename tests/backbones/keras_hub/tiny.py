"""Small networks of every supported kind in KerasHub, from explicit arguments."""

from __future__ import annotations

from typing import Any

from transferleaf.backbones import BackboneSpec, PixelConvention
from transferleaf.backbones.keras_hub.architecture import Architecture
from transferleaf.backbones.keras_hub.stages import (
    convolutional_stages,
    sequence_stages,
    transformer_stages,
)


def _convolutional(
    kind: str, width: int, halvings: int, *, step: int = 1, **arguments: Any
) -> Architecture:
    return Architecture(
        kind=kind,
        arguments=arguments,
        stages=convolutional_stages(halvings),
        feature_width=width,
        pixels=PixelConvention(),
        image_size_step=step,
        license="none",
    )


def _transformer(kind: str, *, after_patches: int = 0, **arguments: Any) -> Architecture:
    common = {"patch_size": 8, "hidden_dim": 16, "num_heads": 2, "num_layers": 4}
    return Architecture(
        kind=kind,
        arguments={**common, **arguments},
        stages=transformer_stages(
            4, after_patches=after_patches, prefix=kind != "SigLIPVisionEncoder"
        ),
        feature_width=16,
        pixels=PixelConvention(std=(255.0, 255.0, 255.0)),
        image_size=32,
        min_image_size=16,
        image_size_step=8,
        license="none",
    )


def _resnet(block_type: str, width: int, **arguments: Any) -> Architecture:
    vd = block_type.endswith("_vd")
    return _convolutional(
        "ResNetBackbone",
        width,
        3,
        input_conv_filters=[8, 8, 64] if vd else [64],
        input_conv_kernel_sizes=[3, 3, 3] if vd else [7],
        stackwise_num_filters=[64, 8],
        stackwise_num_blocks=[1, 1],
        stackwise_num_strides=[1, 2],
        block_type=block_type,
        **arguments,
    )


def _mobilenet_v5(width: int, halvings: int, **arguments: Any) -> Architecture:
    """Return a network with one block of each kind: convolution, inverted residual, attention."""
    return _convolutional(
        "MobileNetV5Backbone",
        width,
        halvings,
        stackwise_block_types=[["er"], ["uir", "mqa"]],
        stackwise_num_blocks=[1, 2],
        stackwise_num_filters=[[16], [32, 32]],
        stackwise_strides=[[2], [2, 1]],
        stackwise_act_layers=[["relu"], ["relu", "relu"]],
        stackwise_exp_ratios=[[2.0], [2.0, 0.0]],
        stackwise_se_ratios=[[0.0], [0.0, 0.0]],
        stackwise_dw_kernel_sizes=[[0], [3, 3]],
        stackwise_dw_start_kernel_sizes=[[0], [3, 0]],
        stackwise_dw_end_kernel_sizes=[[0], [0, 0]],
        stackwise_exp_kernel_sizes=[[3], [0, 0]],
        stackwise_pw_kernel_sizes=[[1], [0, 0]],
        stackwise_num_heads=[[0], [0, 2]],
        stackwise_key_dims=[[0], [0, 8]],
        stackwise_value_dims=[[0], [0, 8]],
        stackwise_kv_strides=[[0], [0, 1]],
        stackwise_use_cpe=[[False], [False, False]],
        **arguments,
    )


TINY = {
    "resnet": _resnet("basic_block", 8),
    "resnet_v2": _resnet("bottleneck_block", 32, use_pre_activation=True),
    "resnet_vd": _resnet("basic_block_vd", 8),
    "densenet": _convolutional(
        "DenseNetBackbone", 30, 4, stackwise_num_repeats=[1, 1, 1], growth_rate=8
    ),
    "vgg": _convolutional(
        "VGGBackbone", 8, 3, stackwise_num_repeats=[1, 1, 1], stackwise_num_filters=[8, 8, 8]
    ),
    "xception": _convolutional(
        "XceptionBackbone",
        32,
        3,
        stackwise_conv_filters=[[8, 16], [16, 24], [32, 32]],
        stackwise_pooling=[True, True, False],
    ),
    "efficientnet": _convolutional(
        "EfficientNetBackbone",
        8,
        2,
        stackwise_width_coefficients=[0.25] * 2,
        stackwise_depth_coefficients=[1.0] * 2,
        stackwise_kernel_sizes=[3, 3],
        stackwise_num_repeats=[1, 1],
        stackwise_input_filters=[32, 16],
        stackwise_output_filters=[16, 24],
        stackwise_expansion_ratios=[1, 4],
        stackwise_squeeze_and_excite_ratios=[0.25, 0.25],
        stackwise_strides=[1, 2],
        stackwise_block_types=["v1", "v1"],
        num_features=32,
    ),
    "csp_darknet": _convolutional(
        "CSPNetBackbone",
        16,
        2,
        stem_filters=8,
        stem_kernel_size=3,
        stem_strides=1,
        stackwise_depth=[1, 1],
        stackwise_strides=[2, 2],
        stackwise_num_filters=[8, 16],
        block_type="dark_block",
        stage_type="dark",
    ),
    "mobilenet_v3": _convolutional(
        "MobileNetBackbone",
        32,
        4,
        stackwise_expansion=[[8, 8], [16]],
        stackwise_num_blocks=[2, 1],
        stackwise_num_filters=[[8, 8], [16]],
        stackwise_kernel_size=[[3, 3], [5]],
        stackwise_num_strides=[[2, 1], [2]],
        stackwise_se_ratio=[[None, None], [0.25]],
        stackwise_activation=[["relu", "relu"], ["hard_swish"]],
        stackwise_padding=[[1, 1], [2]],
        output_num_filters=32,
        input_num_filters=8,
        depthwise_filters=8,
        depthwise_stride=2,
        depthwise_residual=False,
        squeeze_and_excite=0.5,
        last_layer_filter=32,
        input_activation="hard_swish",
        output_activation="hard_swish",
    ),
    "mobilenet_v5": _mobilenet_v5(32, 3, use_msfa=False),
    "mobilenet_v5_fused": _mobilenet_v5(48, 3, num_features=48, msfa_output_resolution=4),
    "hgnet_v2": _convolutional(
        "HGNetV2Backbone",
        32,
        2,
        depths=[1, 1],
        embedding_size=8,
        hidden_sizes=[8, 16],
        stem_channels=[3, 8, 8],
        hidden_act="relu",
        use_learnable_affine_block=False,
        stackwise_stage_filters=[[8, 8, 16, 1, 1, 3], [16, 8, 32, 1, 1, 3]],
        apply_downsample=[False, True],
        use_lightweight_conv_block=[False, False],
    ),
    "mit": _convolutional(
        "MiTBackbone",
        16,
        2,
        step=8,
        layerwise_depths=[1, 1],
        num_layers=2,
        layerwise_num_heads=[1, 2],
        layerwise_sr_ratios=[2, 1],
        max_drop_path_rate=0.1,
        layerwise_patch_sizes=[7, 3],
        layerwise_strides=[4, 2],
        hidden_dims=[8, 16],
    ),
    "vit": _transformer("ViTBackbone", mlp_dim=32),
    "deit": _transformer("DeiTBackbone", intermediate_dim=32),
    "dinov2": _transformer("DINOV2Backbone", intermediate_dim=32, num_register_tokens=2),
    "dinov3": _transformer("DINOV3Backbone", intermediate_dim=32, num_register_tokens=2),
    "siglip": _transformer("SigLIPVisionEncoder", intermediate_dim=32),
    "clip": _transformer("CLIPVisionEncoder", intermediate_dim=32, after_patches=1),
    "swin": Architecture(
        kind="SwinTransformerBackbone",
        arguments={
            "embed_dim": 8,
            "depths": (2, 2),
            "num_heads": (1, 2),
            "window_size": 4,
            "patch_size": 4,
        },
        stages=sequence_stages(2),
        feature_width=16,
        pixels=PixelConvention(),
        image_size=32,
        min_image_size=32,
        image_size_step=8,
        license="none",
    ),
}


def tiny_hub_spec(kind: str) -> BackboneSpec:
    """A small network of a kind in ``TINY``, with random values only."""
    return TINY[kind].spec(f"tiny_{kind}", published=False)
