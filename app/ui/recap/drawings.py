"""Small pictures of the recap as SVG: bars and a curve. Pure: numbers in, a text out; it scales, and it prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from app.ui import theme

_WIDTH, _LINE = 340, 28  # of a drawing, and the height of a row
_NAME, _SHORT, _SAYS = 132, 78, 62  # how wide the words beside a bar are: a name, a word, a number


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
    at = None if limit is None else _NAME + room * limit[0]
    parts = _rows(rows, _NAME, room, at)
    height = len(rows) * _LINE - 3  # below the last bar
    if limit is not None:
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{height + 9}" stroke="{theme.COURT.colour}" '
            f'stroke-width="2" stroke-dasharray="5 4"/><text x="{at:.1f}" y="{height + 25}">{escape(limit[1])}</text>'
        )
        height += 29
    return _drawing(height, parts, alt)


def counted(rows: Sequence[Bar], alt: str, *, some: int, of: int, says: str, colour: str) -> str:
    """Return short bars and, beside them on a scale of its own, a count: so many of all tiles are filled.

    Args:
        rows: the bars, the first one a heading.
        alt: what it shows.
        some: the filled tiles.
        of: all tiles.
        says: the words above them.
        colour: of what is filled.
    """
    half = _WIDTH * 0.55
    parts = _rows(rows, _SHORT, half - _SHORT - _SAYS)
    parts.append(f'<text x="{half:.1f}" y="20" font-weight="700">{escape(says)}</text>')
    across = max(1, -(-of // 2))  # in two rows
    step = min(_LINE, (_WIDTH - half) / across)
    for tile in range(of):
        x, y = half + tile % across * step, (1 + tile // across) * _LINE + 5
        fill = colour if tile < some else "none"
        parts.append(
            f'<rect x="{x + 1:.1f}" y="{y}" width="{step - 5:.1f}" height="20" rx="3" fill="{fill}" '
            f'stroke="{colour}" stroke-width="1.5"/>'
        )
    return _drawing(3 * _LINE, parts, alt)


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


def _rows(rows: Sequence[Bar], left: float, room: float, at: float | None = None) -> list[str]:
    """Return bars from ``left`` on, the longest ``room`` wide; no words lie on an upright line ``at`` a place."""
    parts = []
    for place, row in enumerate(rows):
        y = place * _LINE
        if row.share is None:
            parts.append(f'<text x="0" y="{y + 20}" font-weight="700">{escape(row.name)}</text>')
            continue
        length = max(2.0, room * min(max(row.share, 0.0), 1.0))
        says = left + length + 8
        if at is not None and left + length < at < says + _SAYS:
            says = at + 8
        parts.append(
            f'<text x="0" y="{y + 20}">{escape(row.name)}</text>'
            f'<rect x="{left}" y="{y + 5}" width="{length:.1f}" height="20" rx="3" fill="{row.colour}"/>'
            f'<text x="{says:.1f}" y="{y + 20}" font-weight="700">{escape(row.says)}</text>'
        )
    return parts


def _drawing(height: float, parts: Sequence[str], alt: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:g}" width="100%" role="img" aria-label="{escape(alt)}" '
        f'fill="currentColor" font-size="16" font-family="inherit">{"".join(parts)}</svg>'
    )
