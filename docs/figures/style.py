"""How figures look: the colours of both themes, the fonts, the sizes."""

from __future__ import annotations

from dataclasses import dataclass

# The width of the site's text column.
WIDTH = 736
TEXT = 14
SMALL = 12.5

# The first that the reader's machine has; the later ones have Korean.
FONTS = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Apple SD Gothic Neo', "
    "'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The colours of a theme; figures have no ground of their own.

    Attributes:
        ink: Words and what matters.
        quiet: Words and lines beside it.
        rule: Borders.
        panel: The ground of boxes.
        green: What trains; with ``on_green`` for words on it.
        on_green: Words on green.
        blue: What is stored or measured.
        orange: What to look at.
        tints: Faint grounds of the four quadrants I to IV.
    """

    ink: str
    quiet: str
    rule: str
    panel: str
    green: str
    on_green: str
    blue: str
    orange: str
    tints: tuple[str, str, str, str]


# Blue, orange and green after Okabe and Ito's palette, which colour-blind eyes tell apart; in each
# theme words have a contrast of at least 4.5 to 1 with their ground.
LOOKS = {
    "light": Look(
        ink="#1d2125",
        quiet="#59616a",
        rule="#c3c9cf",
        panel="#f2f5f3",
        green="#2e7d32",
        on_green="#ffffff",
        blue="#0068a6",
        orange="#b84a00",
        tints=("#edf4fa", "#faf3ea", "#f8eef0", "#eef6ee"),
    ),
    "dark": Look(
        ink="#e6e9ec",
        quiet="#a7afb8",
        rule="#4a525a",
        panel="#20262b",
        green="#81c784",
        on_green="#10240f",
        blue="#6cb8ec",
        orange="#f5a163",
        tints=("#19242d", "#29231a", "#291d20", "#1a271c"),
    ),
}
