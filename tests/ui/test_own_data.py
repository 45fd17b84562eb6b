"""A visitor's own pictures: chosen on a page, the data of every page from then on, and gone with the visit."""

import io
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app import paths
from app.lab import choices, own_pictures, picture_files
from app.lab.experiment import Experiment, on_own_data
from app.lab.ownership import questionnaire
from app.runs.store import Store
from tests.ui.visits import opened


@pytest.fixture(autouse=True)
def visits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTANGLED_VISITS", str(tmp_path))


def archive(each: int = 6) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for place, name in enumerate(("cat", "dog")):
            for number in range(each):
                picture = io.BytesIO()
                pixels = np.full((28, 28), 0, dtype=np.uint8)
                pixels[5:20, 5 + 10 * place : 15 + number] = 255
                Image.fromarray(pixels).save(picture, format="PNG")
                packed.writestr(f"{name}/{number}.png", picture.getvalue())
    return file.getvalue()


def page() -> None:
    import streamlit as st

    from app.ui import own_data, settings, visit

    own_data.offer()
    st.markdown(settings.chosen("mark").dataset)
    st.button("Start over", on_click=visit.forget)


def test_chosen_pictures_are_the_data_and_are_deleted_when_the_visitor_starts_over() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    app.file_uploader[0].set_value(("mine.zip", archive(), "application/zip")).run()
    assert not app.exception and not app.warning
    dataset = app.markdown[0].value
    assert choices.CLASS_NAMES[dataset] == ("cat", "dog") and own_pictures.is_kept(dataset)
    app.button[0].click().run()
    assert not own_pictures.is_kept(dataset)


def test_an_archive_that_cannot_be_read_gets_a_sentence_and_changes_nothing() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    app.file_uploader[0].set_value(("mine.zip", archive(each=2), "application/zip")).run()
    assert "at least 8 pictures" in app.warning[0].value
    assert app.markdown[0].value == Experiment().dataset


def test_after_pictures_that_are_refused_the_earlier_ones_are_no_longer_the_data() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    app.file_uploader[0].set_value(("mine.zip", archive(), "application/zip")).run()
    assert choices.is_own(app.markdown[0].value)
    app.file_uploader[0].set_value(("few.zip", archive(each=2), "application/zip")).run()
    assert "at least 8 pictures" in app.warning[0].value
    assert app.markdown[0].value == Experiment().dataset


def test_the_server_takes_more_than_any_reader_so_that_each_refuses_in_its_own_words() -> None:
    served = tomllib.loads((paths.HOME / ".streamlit" / "config.toml").read_text())["server"]["maxUploadSize"]
    assert served * 2**20 > max(own_pictures.MOST_PACKED, picture_files.MOST_BYTES, questionnaire.MOST_BYTES)


def test_another_archive_takes_the_place_of_the_first_and_both_are_deleted() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    app.file_uploader[0].set_value(("few.zip", archive(each=2), "application/zip")).run()
    chosen = []
    for each in (6, 7):
        app.file_uploader[0].set_value(("mine.zip", archive(each), "application/zip")).run()
        assert not app.warning, "the sentence about the first archive is gone"
        chosen.append(app.markdown[0].value)
    assert len(set(chosen)) == 2 and all(map(own_pictures.is_kept, chosen))
    app.button[0].click().run()
    assert not any(map(own_pictures.is_kept, chosen))


def test_a_link_to_pictures_that_are_gone_is_put_aside_with_a_sentence() -> None:
    app = opened("heist", dataset=choices.own_dataset(("cat", "dog"), "0" * 64), target="1", source="0")
    assert "are gone: choose them again" in app.warning[0].value


@pytest.mark.parametrize("lesson", ["heist", "mark", "entangle", "steal", "remove"])
def test_every_page_that_runs_something_opens_with_pictures_of_ones_own(lesson: str) -> None:
    experiment = on_own_data(own_pictures.keep(own_pictures.from_zip(archive())))
    app = opened(lesson, dataset=experiment.dataset, target="dog", source="cat")
    assert not app.warning or all("version" in box.value for box in app.warning)


@pytest.mark.parametrize("link", [{"dataset": "fashion"}, {"network": "resnet18"}])
def test_what_takes_hours_is_not_run_by_a_link(link: dict[str, str]) -> None:
    app = opened("heist", **link)
    assert "on the command line only" in app.warning[0].value


def test_no_run_on_pictures_of_ones_own_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "runs", None)
    experiment = on_own_data(choices.own_dataset(("cat", "dog"), "0" * 64))
    store.put(experiment, [])
    assert store.get(experiment.key) is None and not (tmp_path / "runs").exists()
