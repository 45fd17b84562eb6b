"""The one look of all charts, and the library that draws them."""

import asyncio
import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import plotly.graph_objects as go
import pytest
from plotly.utils import PlotlyJSONEncoder
from starlette.requests import Request

from app.ui import theme
from app.ui.plot import library, take_away, template
from app.ui.plot import plot as drawing
from app.ui.plot.template import Background


@pytest.fixture
def figure() -> go.Figure:
    return go.Figure(go.Scatter(name="naive", x=[1, 2], y=[0.5, 0.25]), layout={"height": 300})


def test_the_library_comes_from_the_app_compressed_and_may_be_kept() -> None:
    with ThreadPoolExecutor(1) as elsewhere:  # this thread may have a loop: that of the browser tests
        answer = elsewhere.submit(asyncio.run, library.ROUTE.endpoint(Request({"type": "http"}))).result()
    assert library.ROUTE.path == f"/{library.ADDRESS}"
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert b"plotly.js v" in gzip.decompress(answer.body)[:400]
    assert len(library.compressed()) < 1.7e6 < len(gzip.decompress(library.compressed()))


@pytest.mark.parametrize("background", ["light", "dark"])
def test_a_chart_has_the_ink_of_its_background_and_words_for_the_back_row(
    figure: go.Figure, background: Background
) -> None:
    look = template.to_dict(figure, background)["layout"]["template"]["layout"]
    assert look["font"]["color"] == theme.INK[background]
    assert look["font"]["size"] >= 16
    assert not look["dragmode"]
    assert look["xaxis"]["fixedrange"] and look["yaxis"]["fixedrange"]


def test_what_the_browser_gets_is_plain_json_and_leaves_the_chart_as_it_was(figure: go.Figure) -> None:
    before = figure.to_json()
    told = json.loads(json.dumps(template.to_dict(figure, "dark"), cls=PlotlyJSONEncoder))
    assert told["data"][0]["y"] == [0.5, 0.25]
    assert figure.to_json() == before


def test_a_chart_that_stands_alone_names_its_finding_and_its_source_and_needs_no_network(figure: go.Figure) -> None:
    alone = template.standing_alone(figure, "Half is left", "Entangled, seed 3")
    drawn = go.Figure(alone)  # which checks all of it
    assert drawn.layout.title.text == "Half is left"
    assert drawn.layout.title.subtitle.text == "Entangled, seed 3"
    assert drawn.layout.height > figure.layout.height and len(drawn.data) == len(figure.data)
    page = take_away.page(alone)
    assert "Half is left" in page
    assert "<script src=" not in page and "https://cdn" not in page.split("<script", 1)[0]


def test_what_may_be_picked_is_what_points_and_the_names_of_rows_stand_for() -> None:
    figure = go.Figure(layout={"meta": {"rows": [None, "noise"]}})
    figure.add_scatter(x=[1, 2], y=[1, 2], customdata=[10.0, None])
    figure.add_scatter(x=[1], y=[1])
    assert drawing.offered(figure) == [10.0, "noise"]
    assert 10 in drawing.offered(figure), "as JSON has it"
    assert not drawing.offered(go.Figure())
