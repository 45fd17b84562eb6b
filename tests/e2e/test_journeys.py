"""What a visitor does, in a real browser: from the story to the verdict, and the things that go wrong on the way."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from app.lab.quoting import quoted
from app.ui.path import CLASSROOM, LESSONS, WELCOME, lesson
from tests.e2e.app_server import PHONE, WIDE, fold

Visit = Callable[..., Page]


def verdict(page: Page) -> None:
    """Wait for the explanation that closes the verdict; for a moment, the one that it replaces is there too."""
    expect(page.get_by_role("heading", name="Why")).to_have_count(1)
    expect(page.get_by_text(re.compile(r"^The entangled mark (survived|died)"))).to_have_count(1)


def predict(page: Page, option: str) -> None:
    """Answer the question beside the picture."""
    page.locator("[class*=st-key-vote_]").get_by_role("button", name=option, exact=True).click()


def test_from_the_story_to_the_verdict(visit: Visit) -> None:
    page = visit("?preset=blobs")
    page.get_by_role("button", name="Play the heist").click()
    expect(page).to_have_url(re.compile("/heist"))
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    predict(page, "both")
    verdict(page)
    expect(page.get_by_text("Run live on this machine")).to_be_visible()
    expect(page.get_by_role("button", name="Run it live")).to_be_visible()


def test_the_recorded_verdict_waits_for_a_prediction(visit: Visit) -> None:
    page = visit("heist")
    expect(page.get_by_role("button", name=re.compile(r"^\d Verdict, sealed"))).to_be_visible()
    expect(page.get_by_role("heading", name="Why")).to_have_count(0)
    predict(page, "both")
    verdict(page)
    expect(page.get_by_text(re.compile("You said"))).to_be_visible()
    expect(page.get_by_text("Recorded when the app was built")).to_be_visible()


def test_the_vote_opens_every_theft_and_its_result_pushes_nothing(visit: Visit) -> None:
    page = visit("heist")
    place = page.locator("[class*=st-key-vote_]")
    expect(place.get_by_role("button", name="Show me")).to_be_visible()
    below = page.get_by_role("button", name="Run it live")
    before = below.bounding_box()
    predict(page, "both")
    verdict(page)
    said = place.get_by_text(re.compile("You said"))
    expect(said).to_be_visible()
    assert below.bounding_box() == before
    page.get_by_role("button", name="A thief with data of their own").click()
    expect(page).to_have_url(re.compile("inputs=unseen"))
    expect(page.get_by_role("button", name=re.compile(r"^\d Verdict, sealed"))).to_have_count(0)
    verdict(page)
    expect(said).to_be_visible()


@pytest.mark.parametrize("stop", [stop.name for stop in LESSONS if stop.name not in ("recap", "about")])
def test_a_lesson_opens_with_its_picture_beside_the_question_and_on_a_phone_above_it(visit: Visit, stop: str) -> None:
    page, phone = visit(stop), visit(stop, PHONE)
    for seen, most in ((page, 110), (phone, 160)):
        place = seen.locator("[class*=st-key-vote_]")
        expect(place).to_be_visible()
        picture, rail = (seen.locator(f".st-key-{part}_{stop}").bounding_box() for part in ("picture", "rail"))
        assert picture is not None and rail is not None
        assert picture["y"] < most  # bar and heading
        if seen is page:
            assert rail["x"] > picture["x"] + picture["width"] and rail["y"] == picture["y"]
        else:
            assert rail["y"] >= picture["y"] + picture["height"]
        wider = seen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0


def test_the_pages_stand_in_the_order_of_the_story(visit: Visit) -> None:
    page = visit()
    links = page.get_by_test_id("stTopNavLink")
    expect(links).to_have_text(["Start", *(stop.title for stop in (*LESSONS, CLASSROOM))])


def test_the_chosen_segment_is_readable_in_the_dark(visit: Visit) -> None:
    page = visit("entangle")
    page.emulate_media(color_scheme="dark")
    chosen = page.get_by_role("radio", name="UMAP")
    expect(chosen).to_be_checked()
    expect(chosen).to_have_css("background-color", "rgb(0, 114, 178)")
    expect(chosen).to_have_css("color", "rgb(255, 255, 255)")


def test_stop_keeps_what_was_known(visit: Visit, unseen: Iterator[int]) -> None:
    page = visit(f"heist?seed={next(unseen)}&live=start")
    stop = page.get_by_role("button", name="Stop")
    stop.click()
    expect(page.get_by_text("Stopped. What happened by then stays")).to_be_visible()
    expect(page.get_by_role("button", name="Run it live")).to_be_visible()
    expect(page.get_by_role("heading", name="Why")).to_have_count(0)


def test_a_reload_in_the_middle_finds_the_run_again(visit: Visit, unseen: Iterator[int]) -> None:
    page = visit(f"heist?preset=digits&seed={(seed := next(unseen))}&live=start")
    expect(page.get_by_role("progressbar").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page).to_have_url(re.compile(f"seed={seed}"))
    predict(page, "neither")
    verdict(page)


def test_two_visitors_share_one_run(visit: Visit, unseen: Iterator[int]) -> None:
    # So long that both are there before it ends.
    long = f"heist?preset=digits&seed={next(unseen)}&task_epochs=40&live=start"
    first, second = visit(long), visit(long)
    for page in (first, second):
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        expect(page.get_by_text(re.compile("Queued"))).to_have_count(0)
        predict(page, "both")
    for page in (first, second):
        verdict(page)
    live = re.compile(r"^Run live on this machine, in \d+ s")
    for page in (first, second):
        expect(page.get_by_text(live)).to_have_count(1)
    told = [page.get_by_text(live).inner_text() for page in (first, second)]
    assert told[0] == told[1]


def test_a_third_visitor_waits_in_the_queue_and_other_pages_answer(visit: Visit, unseen: Iterator[int]) -> None:
    runners = [visit(f"heist?seed={seed}&live=start") for seed in islice(unseen, 2)]
    for page in runners:
        expect(page.get_by_role("progressbar").first).to_be_visible()
    third = visit(f"heist?seed={next(unseen)}&live=start")
    expect(third.get_by_text("Queued: position 1")).to_be_visible()
    reader = visit("entangle")
    expect(reader.get_by_role("heading", name=re.compile("Where will they go"))).to_be_visible()
    for page in (third, *runners):
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Stopped.")).to_be_visible()


def test_who_doubts_a_number_sees_it_over_seeds(visit: Visit) -> None:
    page = visit("heist")
    predict(page, "both")
    verdict(page)
    page.get_by_role("button", name="Is this luck?").click()
    expect(page.get_by_role("heading", name=re.compile("Entangled, more of the mark survives on"))).to_be_visible()
    expect(page.get_by_text("python -m app evidence")).to_be_visible()


def test_the_channel_is_seen_first_and_what_became_of_the_mark_after_the_prediction(visit: Visit) -> None:
    page = visit("channel")
    expect(page.get_by_role("heading", name=re.compile("of the entangled answer"))).to_be_visible()
    page.get_by_role("button", name="dog").first.click()  # another query
    page.get_by_role("radio", name="all thefts").click()
    expect(page.get_by_role("heading", name=re.compile("how high will its dots be"))).to_be_visible()
    page.get_by_text("pure noise", exact=True).click()  # the words: Streamlit hides the circle itself
    expect(page).to_have_url(re.compile("inputs=noise"))
    predict(page, "over half")
    expect(page.get_by_role("heading", name="Why")).to_be_visible()
    page.get_by_role("link", name="Steal this way yourself").click()
    expect(page).to_have_url(re.compile("/heist.*inputs=noise"))


def test_a_link_to_what_is_not_recorded_shows_what_is_and_as_it_came_undoes_it(visit: Visit) -> None:
    page = visit("court?inputs=blended")
    expect(page.get_by_text(re.compile("From a link: .*unseen, blended and noisy"))).to_be_visible()
    expect(page.get_by_text(re.compile("has not been run"))).to_be_visible()
    expect(page.get_by_text(re.compile("After how many triggers")).first).to_be_visible()
    page.get_by_role("button", name="As it came").click()
    expect(page.get_by_text(re.compile("has not been run"))).to_have_count(0)
    expect(page).to_have_url(re.compile("/court$"))


def test_back_goes_back_one_page_also_after_settings_changed(visit: Visit) -> None:
    page = visit()
    page.get_by_test_id("stTopNavLink").filter(has_text="Heist").click()
    for name, inputs in (
        ("of their own", "inputs=unseen$"),
        ("with your data", "/heist$"),
        ("of their own", "inputs=unseen$"),
    ):
        page.get_by_role("button", name=name).click()
        expect(page).to_have_url(re.compile(inputs))
    page.get_by_test_id("stTopNavLink").filter(has_text="Entangle").click()
    expect(page).to_have_url(re.compile("/entangle$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/heist.inputs=unseen$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(lesson("heist").question)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(WELCOME)


def test_a_reload_keeps_the_prediction_and_puts_no_name_into_the_address(visit: Visit) -> None:
    page = visit("heist")
    predict(page, "both")
    said = page.get_by_text(re.compile("You said both"))
    expect(said).to_be_visible()
    page.goto(page.url.replace("/heist", "/entangle"))
    page.goto(page.url.replace("/entangle", "/heist"))
    expect(said).to_be_visible()
    name = page.evaluate("localStorage.getItem('entangled-visitor')")
    assert re.fullmatch("[0-9a-f]{32}", name) and name not in page.url


def test_a_setting_chosen_on_the_page_runs_by_itself_and_the_recorded_run_stays_in_sight(
    visit: Visit, unseen: Iterator[int]
) -> None:
    page = visit("heist?preset=blobs&task_epochs=2&watermark_epochs=1&adversary_epochs=1&budget=200")
    page.get_by_role("button", name="More").click()
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill(str(next(unseen)))
    seed.press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_text("Run live on this machine")).to_be_visible()
    page.get_by_role("button", name="Show the recorded run").click()
    expect(page.get_by_text("Recorded. Yours differs")).to_be_visible()
    page.get_by_role("button", name="Show my run").click()
    expect(page.get_by_text("Run live on this machine")).to_be_visible()


def test_a_hostile_link_gets_a_sentence(visit: Visit) -> None:
    page = visit("heist?seed=banana&temperature=-3&kappa=8")
    said = "The link asks for seed = 'banana', which must be a whole number; shown is 0."
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text(re.compile("temperature = '-3', which must lie between"))).to_be_visible()
    expect(page).to_have_url(re.compile("kappa=8"))


def test_text_from_a_link_is_text(visit: Visit) -> None:
    nasty = {
        "preset": "![x](http://127.0.0.1:9/p.png)",
        "seed": "<img src=x onerror=alert(1)>",
        "kappa": "https://example.com/ www.example.com",
        "temperature": "a@example.com :material/home: :heart:",
        "trigger": ":red[x] $x^2$ **b** _i_ `c` ~~s~~",
        "network": "&lt;b&gt; -> \\* # [^1] | --",
    }
    page = visit(f"heist?{urlencode(nasty)}")
    for name, value in nasty.items():
        box = page.get_by_test_id("stAlert").filter(has_text=f"asks for {name} =")
        expect(box).to_be_visible()
        assert f"{name} = {quoted(value)}, which" in box.inner_text().replace("\u2060", "")
        assert "<" not in box.locator("p").inner_html()  # no element in it


def test_the_story_and_its_button_are_on_the_first_screen(visit: Visit) -> None:
    for look, bottom in (({}, fold(WIDE)), ({"viewport": PHONE}, fold(PHONE))):
        page = visit("", **look)
        story, button = page.locator(".st-key-picture_story"), page.get_by_role("button", name="Play the heist")
        expect(story).to_be_visible()
        expect(button).to_be_visible()
        above, below = story.bounding_box(), button.bounding_box()
        assert above is not None and below is not None
        assert above["y"] + above["height"] <= below["y"] and below["y"] + below["height"] <= bottom


def test_the_six_points_to_retell_are_whole_on_the_first_screen_of_a_laptop(visit: Visit) -> None:
    page = visit("recap", viewport=WIDE)
    points = page.locator(".st-key-six")
    expect(points.locator("svg[role=img]")).to_have_count(6)
    expect(points.get_by_text(re.compile("^6. "))).to_be_visible()
    box = points.bounding_box()
    assert box is not None and box["y"] + box["height"] <= fold(WIDE)


def test_a_phone_never_scrolls_sideways(visit: Visit) -> None:
    for path in ("", "heist", "entangle", "channel", "tradeoff"):
        page = visit(path, PHONE)
        expect(page.get_by_role("link", name=re.compile("Next|Heist")).first).to_be_attached()
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"/{path} is {wider} pixels too wide"


def test_a_lesson_chosen_on_a_phone_closes_the_menu(visit: Visit) -> None:
    page = visit("heist", PHONE)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Mark").first.click()
    expect(page.get_by_role("heading", level=1, name="Will the copy know")).to_be_visible()
    expect(page.get_by_role("link", name="Trade-off")).not_to_be_in_viewport()
