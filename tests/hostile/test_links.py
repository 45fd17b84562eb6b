"""Links that mean no good, to every page, with every parameter that the code knows: a sentence, never a traceback.

A tenth of it runs by default, always the same; all of it by ``make test-hard``.
"""

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab.experiment import FORMER_NAMES
from app.ui import links, path

HARD = settings.get_current_profile_name() == "hard"
PAGES = ("start", *(stop.name for stop in (*path.LESSONS, path.CLASSROOM)))
MARKUP = (
    "![x](http://evil.example/p.png)",
    "[x](http://evil.example)",
    "<img src=http://evil.example/p.png>",
    "<script>fetch('//evil.example')</script>",
    "http://evil.example/ www.evil.example x@evil.example",
    ":red[evil] :material/evil: $evil$ `evil` **evil** __evil__",
)
VALUES = (*MARKUP, "", " ", "None", "nan", "-1", "1e999", "9" * 500, "\x00", "\u202e", "../../etc/passwd", "'; drop")
# What none of these may become: a link, a picture, HTML, an icon, a colour, a formula, code, or bold.
RAW = re.compile(r"://evil|\]\(http://evil|<(img|script)|www\.evil|@evil|:red\[|:material/evil|[$`_*]evil")
VIEWS = {  # which view of a page a parameter belongs to, where it is not the first one
    "grant": {"room": "How many triggers"},
    "suspects": {"room": "Several suspects"},
    "share": {"cousin": "Backdoor"},
    **{name: {"view": "Real features"} for name in ("layer", "epoch", "distance", "among")},
    "form": {"view": "Real features"},
    **{name: {"view": "Trained at T"} for name in ("map_seed", "map_of", "trained_at")},
}
LATER = "mark_layer"  # there after the prediction
SHOWN = ("markdown", "caption", "warning", "error", "info", "success", "subheader", "header", "title")


def a_tenth(of: list[Any]) -> list[Any]:
    return of if HARD else random.Random(0).sample(of, len(of) // 10)


def opened(page: str, link: dict[str, Any]) -> AppTest:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=120)
    app.query_params.update(link)
    return app.switch_page(paths.page(page)).run() if page != "start" else app.run()


def said(app: AppTest) -> Iterator[str]:
    yield from (str(element.value) for kind in SHOWN for element in getattr(app, kind))


def check(app: AppTest) -> None:
    assert not app.exception
    assert app.title[0].value
    raw = [words for words in said(app) if RAW.search(re.sub(r"\\.", "", words))]
    assert not raw


def asked_for(app: AppTest) -> list[str]:
    return [box.value for box in app.warning if box.value.startswith("The link asks for ")]


def groups(page: str, most: int) -> Iterator[tuple[str, ...]]:
    """The parameters of a page, in groups that can be asked for at once: of one view, and none by two names."""
    names = links.parameters(page)
    apart = {name: (repr(view_of(page, name)), name in FORMER_NAMES, name == LATER) for name in names}
    for kind in dict.fromkeys(apart.values()):
        alike = [name for name in names if apart[name] == kind]
        yield from (tuple(alike[start : start + most]) for start in range(0, len(alike), most))


def view_of(page: str, name: str) -> dict[str, str]:
    return VIEWS.get(name, {}) if page in ("court", "temperature", "cousins") else {}


def escaped_name(name: str) -> str:
    return name.replace("_", r"\_")


@pytest.mark.parametrize(("lesson", "names"), a_tenth([(page, group) for page in PAGES for group in groups(page, 8)]))
@pytest.mark.parametrize("value", ["", MARKUP[0] + "x" * 5000])
def test_each_parameter_of_each_page_gets_one_sentence_and_the_usual_is_shown(
    lesson: str, names: tuple[str, ...], value: str
) -> None:
    app = opened(lesson, {**view_of(lesson, names[0]), **dict.fromkeys(names, value)})
    if LATER in names:
        app.button(key=f"{lesson}_reveal").click().run()
    check(app)
    sentences = asked_for(app)
    for name in names:
        said_of = escaped_name(FORMER_NAMES.get(name, name))
        (sentence,) = [one for one in sentences if f" {said_of} = '" in one]
        assert "is empty; shown is" in sentence if not value else "; shown is" in sentence
        assert sentence.count(". ") == 0 and sentence.endswith(".") and len(sentence) < 500
        assert app.query_params.get(name) != value
    assert len(sentences) == len(names)


@pytest.mark.parametrize(("lesson", "names"), a_tenth([(page, group) for page in PAGES for group in groups(page, 3)]))
def test_a_misspelt_parameter_suggests_the_one_that_the_page_knows(lesson: str, names: tuple[str, ...]) -> None:
    app = opened(lesson, {f"{name}{name[-1]}": "3" for name in names})
    check(app)
    (sentence,) = asked_for(app)
    assert "which this page does not know; shown is" in sentence
    for name in names:
        assert len(name) < 4 or f"(is that {escaped_name(name)}?)" in sentence
        assert f"{name}{name[-1]}" not in app.query_params


LINKS = st.sampled_from(PAGES).flatmap(
    lambda page: st.tuples(
        st.just(page),
        st.dictionaries(
            st.sampled_from(links.parameters(page)) | st.sampled_from(MARKUP),
            st.sampled_from(VALUES) | st.text(max_size=60) | st.lists(st.sampled_from(VALUES), min_size=2, max_size=3),
            max_size=5,
        ),
    )
)


@settings(max_examples=settings.default.max_examples // 10, derandomize=True)
@given(LINKS)
def test_a_link_that_means_no_good_gets_sentences(link: tuple[str, dict[str, Any]]) -> None:
    page, asked = link
    app = opened(page, asked)
    check(app)
    assert len(asked_for(app)) <= sum(1 if isinstance(value, str) else 2 for value in asked.values())


# Which of the controls, how far along what it offers, and what is typed: drawn before the page is there, for what is on
# a page may depend on when it is drawn.
SHARES = st.floats(0, 1, exclude_max=True)
TOUCHES = st.tuples(SHARES, SHARES, st.sampled_from(VALUES) | st.text(max_size=60))


@settings(max_examples=settings.default.max_examples // 20, derandomize=True)
@given(st.sampled_from(PAGES), st.lists(TOUCHES, min_size=2, max_size=2))
def test_whatever_a_visitor_chooses_and_types_a_page_stands(
    lesson: str, touches: list[tuple[float, float, Any]]
) -> None:
    app = opened(lesson, {})
    for which, share, typed in touches:
        widgets = [
            *app.selectbox,
            *app.segmented_control,
            *app.radio,
            *app.select_slider,
            *app.slider,
            *app.number_input,
            *app.toggle,
            *app.text_input,
            *app.text_area,
        ]
        if not widgets:
            return
        widget = widgets[int(which * len(widgets))]
        match widget.type:
            case "selectbox" | "radio" | "select_slider" | "button_group":
                place = int(share * len(widget.options))
                widget.select_index(place) if widget.type == "selectbox" else widget.set_value(widget.options[place])
            case "toggle":
                widget.set_value(not widget.value)
            case "slider" | "number_input":
                value = widget.min + share * (widget.max - widget.min)
                widget.set_value(int(value) if isinstance(widget.value, int) else float(value))
            case _:
                widget.set_value(typed)
        app.run()
        check(app)


def test_every_parameter_that_a_widget_is_bound_to_is_known_and_bound_nowhere_else() -> None:
    files = [*(paths.HOME / "pages").glob("*.py"), *(paths.HOME / "app" / "ui").rglob("*.py")]
    code = {file: file.read_text(encoding="utf-8") for file in files}
    assert [file.name for file, text in code.items() if '"query-params"' in text] == ["links.py"]
    for page, names in links.VIEWS.items():
        own = "".join(text for file, text in code.items() if file.stem == page or file.parent.name == page)
        for name in names:
            constants = [f"links.{key}" for key, value in vars(links).items() if key.isupper() and value == name]
            assert any(written in own for written in (f'"{name}"', *constants)), name
    for page in PAGES:
        reads = f'settings.chosen("{page}")' in code[paths.HOME / "pages" / f"{page}.py"]
        assert reads == ("seed" in links.parameters(page))
