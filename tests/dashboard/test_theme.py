"""Colours: one list, readable from ten metres, and never alone."""

from __future__ import annotations

import pytest
from support import tree

from dashboard import theme

FIGURES = ("text", "late", "risk", "on-time", "new")


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_stylesheet_is_what_the_theme_says() -> None:
    assert (tree.ROOT / "dashboard/assets/tokens.css").read_text("utf-8") == theme.stylesheet()


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("which", theme.THEMES)
def test_figures_stand_out_at_seven_to_one(which: str, name: str) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    colours = theme.THEMES[which]
    assert contrast(colours[name], colours["ground"]) >= 7


@pytest.mark.parametrize("which", theme.THEMES)
def test_quiet_words_can_be_read_and_every_theme_names_the_same_colours(which: str) -> None:
    colours = theme.THEMES[which]
    assert set(colours) == set(theme.COLOURS)
    assert contrast(colours["muted"], colours["ground"]) >= 4.5


def test_high_contrast_has_more_of_it_than_the_dark_theme() -> None:
    for name in (*FIGURES, "muted", "border-strong"):
        dark = contrast(theme.COLOURS[name], theme.COLOURS["ground"])
        assert contrast(theme.HIGH_CONTRAST[name], theme.HIGH_CONTRAST["ground"]) > dark


def test_the_smallest_text_is_a_sixtieth_of_the_screen_and_the_largest_a_twelfth() -> None:
    assert min(theme.SIZES.values()) >= 1080 / 60
    assert max(theme.SIZES.values()) <= 1080 / 12
