"""Colours for heat."""

from __future__ import annotations

import numpy as np

from transferleaf.explanations.heat_colours import heat_colours, heat_table


def lightness(colours):
    """Perceived lightness (CIE L*), shape of the colours without channels."""
    channels = colours / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)


def test_hotter_is_lighter_all_the_way():
    every_eighth = heat_table()[::8]

    assert (np.diff(lightness(every_eighth)) > 0).all()


def test_steps_look_about_equally_large():
    every_eighth = heat_table()[::8].astype(float)

    steps = np.linalg.norm(np.diff(every_eighth, axis=0), axis=1)
    assert steps.max() < 4 * steps.min()


def test_heat_beyond_its_range_has_the_colours_of_its_ends():
    colours = heat_colours(np.array([-1.0, 0.0, 1.0, 2.0]))

    assert colours[0].tolist() == colours[1].tolist() == heat_table()[0].tolist()
    assert colours[3].tolist() == colours[2].tolist() == heat_table()[-1].tolist()


def test_each_number_becomes_a_colour():
    assert heat_colours(np.zeros((4, 5))).shape == (4, 5, 3)
