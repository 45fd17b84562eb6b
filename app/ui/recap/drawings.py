"""Small pictures of the recap as SVG: bars and a curve. Pure: numbers in, a text out; it scales, and it prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from app.ui import theme

_WIDTH, _LINE = 340, 28  # of a drawing, and the height of a row
_NAME, _SAYS = 132, 62  # how wide the words beside a bar are


@dataclass(frozen=True)
class Bar:
    """A row: its name, its share of the longest possible bar (None: it is a heading), its words and its colour."""

    name: str
    share: float | None = None
    says: str = ""
    colour: str = theme.GENUINE


def bars(rows: Sequence[Bar], alt: str, *, limit: tuple[float, str] | None = None) -> str:
    """Return bars with their names and numbers; ``limit``: a share at which a dashed line stands, and its name."""
    room = _WIDTH - _NAME - _SAYS
    parts = []
    for place, row in enumerate(rows):
        y = place * _LINE
        if row.share is None:
            parts.append(f'<text x="0" y="{y + 20}" font-weight="700">{escape(row.name)}</text>')
            continue
        length = max(2.0, room * min(max(row.share, 0.0), 1.0))
        parts.append(
            f'<text x="0" y="{y + 20}">{escape(row.name)}</text>'
            f'<rect x="{_NAME}" y="{y + 5}" width="{length:.1f}" height="20" rx="3" fill="{row.colour}"/>'
            f'<text x="{_NAME + length + 8:.1f}" y="{y + 20}" font-weight="700">{escape(row.says)}</text>'
        )
    height = len(rows) * _LINE - 3  # below the last bar
    if limit is not None:
        share, name = limit
        x = _NAME + room * share
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height + 9}" stroke="{theme.COURT.colour}" stroke-width="2" '
            f'stroke-dasharray="5 4"/><text x="{x:.1f}" y="{height + 25}">{escape(name)}</text>'
        )
        height += 29
    return _drawing(height, parts, alt)


def curve(points: Sequence[tuple[float, float]], alt: str, *, level: float, name: str, start: str, end: str) -> str:
    """Return a curve through ``points`` (both axes from 0, the upper one to 1), with a dashed line at a height.

    Args:
        points: ``(x, y)``, x not falling.
        alt: what it shows.
        level: the height of the line.
        name: the words below the line.
        start: the words below its left end.
        end: the words below its right end.
    """
    height = 3 * _LINE
    most = max((x for x, _ in points), default=1.0) or 1.0
    path = " ".join(f"{x / most * _WIDTH:.1f},{height * (1 - y):.1f}" for x, y in points)
    line = height * (1 - level)
    return _drawing(
        height + 24,
        [
            f'<line x1="0" x2="{_WIDTH}" y1="{height}" y2="{height}" stroke="{theme.GENUINE}"/>',
            f'<line x1="0" x2="{_WIDTH}" y1="{line:.1f}" y2="{line:.1f}" stroke="{theme.GENUINE}" stroke-width="2" '
            'stroke-dasharray="5 4"/>',
            f'<text x="{_WIDTH}" y="{line + 18:.1f}" text-anchor="end">{escape(name)}</text>',
            f'<polyline points="{path}" fill="none" stroke="{theme.THIEF.colour}" stroke-width="4"/>',
            f'<text x="0" y="{height + 18}">{escape(start)}</text>',
            f'<text x="{_WIDTH}" y="{height + 18}" text-anchor="end">{escape(end)}</text>',
        ],
        alt,
    )


def reel(images: Sequence[str], rows: Sequence[Bar], alt: str) -> str:
    """Return a row of pictures (data URIs) above bars."""
    side, step = 40, 48
    shown = [
        f'<image x="{place * step}" y="0" width="{side}" height="{side}" href="{escape(image)}" '
        'style="image-rendering: pixelated"/>'
        for place, image in enumerate(images[: _WIDTH // step])
    ]
    below = bars(rows, alt)
    inner = below[below.index(">") + 1 : below.rindex("</svg>")]
    return _drawing(side + 8 + len(rows) * _LINE, [*shown, f'<g transform="translate(0 {side + 8})">{inner}</g>'], alt)


def _drawing(height: float, parts: Sequence[str], alt: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:g}" width="100%" role="img" aria-label="{escape(alt)}" '
        f'fill="currentColor" font-size="16" font-family="inherit">{"".join(parts)}</svg>'
    )
