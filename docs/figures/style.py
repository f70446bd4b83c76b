"""The style of figures: colours of both themes, fonts and sizes."""

from __future__ import annotations

from dataclasses import dataclass

# The width of the text column of the site.
WIDTH = 736
TEXT = 14
SMALL = 12.5

# The first installed font is used. The later ones contain Korean.
FONTS = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Apple SD Gothic Neo', "
    "'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The colours of a theme. Figures have no background.

    Attributes:
        ink: Text and important parts.
        quiet: Secondary text and lines.
        rule: Borders.
        panel: Background of boxes.
        green: Trained parts; with ``on_green`` for text on it.
        on_green: Text on green.
        blue: Stored or measured parts.
        orange: Highlighted parts.
        tints: Backgrounds of the four quadrants I to IV.
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


# Blue, orange and green of the palette of Okabe and Ito, which is safe for colour blindness. In
# each theme, text has a contrast of at least 4.5 to 1.
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
