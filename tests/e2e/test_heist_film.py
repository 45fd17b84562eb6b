"""The heist as a film, in a real browser: played, stepped, sealed before the trial, and read on a phone."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.app_server import PHONE, WIDE, fold

Visit = Callable[..., Page]
# How often the stage gets new rows when a visitor goes one step on.
DRAWN = """async (film) => {
    let times = 0;
    const observer = new MutationObserver((changes) => { times += changes.length; });
    observer.observe(film.querySelector("[data-part=rows]"), { childList: true });
    film.querySelector("[data-part=next]").click();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return times;
}"""

LEFT_AND_BACK = """async (film, wait) => {
    const [first, , third] = film.querySelectorAll("[data-part=beats] button");
    first.click();
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (third.isConnected) third.click();
}"""


def film(page: Page) -> Locator:
    found = page.get_by_role("group", name="The heist, step by step")
    expect(found).to_be_visible()
    return found


def at(picture: Locator, step: str) -> None:
    """Wait until the film shows a step."""
    expect(picture.get_by_role("button", name=re.compile(rf"^\d {step}"))).to_have_attribute("aria-current", "step")


def test_played_it_stops_before_the_trial_and_a_prediction_in_it_plays_on_to_the_verdict(visit: Visit) -> None:
    page = visit("heist?preset=blobs")
    picture = film(page)
    picture.get_by_label("Speed").select_option("4")
    picture.get_by_role("button", name="Play").click()
    at(picture, "Interrogate")
    expect(picture.get_by_text("Predict first.")).to_be_visible()
    expect(picture.get_by_role("button", name="Next")).to_be_disabled()
    expect(page.get_by_text("Convicted", exact=True)).to_have_count(0)
    picture.get_by_role("button", name="neither").click()
    at(picture, "Verdict")
    expect(picture.get_by_role("heading", name=re.compile("convicted|convicts|walks free"))).to_be_visible()
    expect(page.get_by_text(re.compile("You said"))).to_be_visible()
    expect(picture.get_by_role("heading")).to_be_in_viewport()
    expect(picture.get_by_role("button", name="Play again")).to_be_in_viewport(ratio=1)


def test_a_verdict_that_was_played_to_its_end_is_stamped(visit: Visit) -> None:
    page = visit("heist")
    page.emulate_media(reduced_motion="no-preference")
    picture = film(page)
    picture.get_by_label("Speed").select_option("4")
    page.locator(".st-key-vote_heist_of_4").get_by_role("button", name="both").click()
    at(picture, "Verdict")
    expect(picture.get_by_role("button", name="Play again")).to_be_visible()
    expect(picture.get_by_text("Convicted", exact=True)).to_have_count(2)  # of either thief, the entangled copy
    expect(picture.get_by_text("Walks free", exact=True)).to_have_count(4)


def test_the_keyboard_alone_steps_back_and_forth_and_up_to_the_gate(visit: Visit) -> None:
    page = visit("heist?preset=blobs")
    picture = film(page)
    at(picture, "Victims")
    picture.focus()
    for step in ("Query", "Train", "Compare"):
        page.keyboard.press("ArrowRight")
        at(picture, step)
    page.keyboard.press("ArrowLeft")
    at(picture, "Train")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    at(picture, "Interrogate")
    page.keyboard.press(" ")  # goes to the options
    page.keyboard.press("Enter")
    at(picture, "Verdict")
    expect(page.get_by_role("heading", name="Why")).to_be_visible()


def test_however_often_one_turns_to_and_fro_one_film_is_on_the_stage_and_it_is_the_last(visit: Visit) -> None:
    page = visit("heist")
    page.emulate_media(reduced_motion="no-preference")  # a film that plays leaves the page less time
    picture = film(page)
    picture.get_by_role("button", name="1 Victims").click()
    thieves = [picture.get_by_role("button", name=name) for name in ("A thief with your data", "data of their own")]
    for turn in range(1, 42):
        thieves[turn % 2].press("Enter")
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(page).to_have_url(re.compile("inputs=unseen"))
    expect(thieves[1]).to_have_attribute("aria-pressed", "true")
    assert picture.evaluate(DRAWN) == 1  # by one view, not by each that was ever made


def test_turned_faster_than_the_page_answers_film_address_and_question_are_those_of_the_last_turn(visit: Visit) -> None:
    page = visit("heist")
    picture = film(page)
    thieves = [picture.get_by_role("button", name=name) for name in ("A thief with your data", "data of their own")]
    for turn in range(1, 61):
        thieves[turn % 2].press("Enter")
    expect(page).not_to_have_url(re.compile("inputs="))
    expect(page.locator(".st-key-vote_heist_of_4")).to_contain_text("A thief with your data")
    page.wait_for_timeout(1000)  # what is still on its way changes nothing
    expect(page).not_to_have_url(re.compile("inputs="))
    expect(thieves[0]).to_have_attribute("aria-pressed", "true")


def test_a_third_thief_who_is_left_and_turned_to_again_at_once_leaves_film_and_page_of_one_mind(visit: Visit) -> None:
    page = visit("heist?inputs=noise")  # a third one, who is gone from the film when another is chosen
    picture = film(page)
    for wait in (0, 60, 150):
        page.goto(page.url.split("?")[0] + "?inputs=noise")
        expect(picture.get_by_role("button", name="A thief with pure noise")).to_have_attribute("aria-pressed", "true")
        picture.evaluate(LEFT_AND_BACK, wait)
        page.wait_for_timeout(1500)
        shown = picture.locator("[data-part=beats] [aria-pressed=true]").inner_text()
        expect(page.locator(".st-key-vote_heist_of_4")).to_contain_text(shown)


def test_one_key_hides_everything_but_the_picture(visit: Visit) -> None:
    page = visit("heist?preset=blobs")
    picture = film(page)
    picture.focus()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    expect(picture.get_by_role("button", name="Play")).to_be_in_viewport()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")


def test_the_other_thief_is_there_at_once_and_the_page_follows(visit: Visit) -> None:
    page = visit("heist")
    picture = film(page)
    at(picture, "Victims")
    other = picture.get_by_role("button", name="A thief with data of their own")
    other.click()
    at(picture, "Query")
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(picture.get_by_text("The thief asks inputs the victim never saw")).to_be_visible()
    expect(page).to_have_url(re.compile("inputs=unseen"))
    at(picture, "Query")
    picture.get_by_role("button", name=re.compile("^3 Train")).click()
    expect(picture.get_by_role("heading", name=re.compile("not on record"))).to_be_visible()
    expect(picture.get_by_text("at the end").first).to_be_visible()


def test_a_query_is_chosen_and_followed_into_the_copies(visit: Visit) -> None:
    page = visit("heist")
    picture = film(page)
    picture.get_by_role("button", name=re.compile("^2 Query")).click()
    other = picture.get_by_role("button", name="Follow query 5 of 12")
    other.click()
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(other).to_be_focused()
    answers = picture.locator(".token .chip")
    expect(answers).to_have_count(3)
    for answer in answers.all():
        expect(answer).to_be_visible()  # the step stands as it ends: who is here wants no motion
    expect(picture.locator(".station.copy.busy")).to_have_count(3)


def verdict(visit: Visit) -> Locator:
    """The film at its end, for who has not predicted."""
    picture = film(visit("heist"))
    picture.get_by_role("button", name=re.compile("^6 Verdict")).click()
    picture.get_by_role("button", name="Go on without a prediction").click()
    at(picture, "Verdict")
    return picture


def test_the_verdict_has_every_answer_of_both_thefts_and_what_other_seeds_say(visit: Visit) -> None:
    picture = verdict(visit)
    finding = re.compile("^Your data: entangled is convicted on 10 of 10 seeds")
    expect(picture.get_by_role("heading", name=finding)).to_be_visible()
    expect(picture.get_by_role("img", name=re.compile("of 200 triggers got the secret answer"))).to_have_count(6)
    expect(picture.get_by_text(re.compile(r"^convicted on \d+ of 10 seeds$"))).to_have_count(6)
    expect(picture.get_by_text("Convicted", exact=True)).to_have_count(2)


_CELLS = """film => [...film.querySelectorAll(".row")].map(row => {
  const track = row.querySelector(".track").getBoundingClientRect();
  return [...row.querySelectorAll(".cell")].map(cell => {
    const { left, right } = cell.getBoundingClientRect();
    return { left: Math.round(left), out: right <= track.left + 1 || left >= track.right - 1,
      whole: left >= track.left - 1 && right <= track.right + 1 };
  });
})"""


def test_every_answer_stands_whole_under_its_trigger_also_for_who_comes_back_from_the_verdict(visit: Visit) -> None:
    picture = verdict(visit)
    for place in ("4.33", "4.51", "4.8"):
        picture.get_by_label("Film").evaluate(
            "(scrub, place) => { scrub.value = place; scrub.dispatchEvent(new Event('input', { bubbles: true })); }",
            place,
        )
        at(picture, "Interrogate")
        triggers, *copies = picture.evaluate(_CELLS)
        assert len(copies) == 3 and sum(cell["whole"] for cell in triggers) > 3
        for cells in (triggers, *copies):
            assert all(cell["out"] or cell["whole"] for cell in cells), place
            assert [cell["left"] for cell in cells] == [cell["left"] for cell in triggers[: len(cells)]]


def test_every_step_lies_whole_on_the_first_screen_of_a_laptop(visit: Visit) -> None:
    picture = verdict(visit)
    for step in ("1 Victims", "2 Query", "3 Train", "4 Compare", "5 Interrogate", "6 Verdict"):
        picture.get_by_role("button", name=re.compile(f"^{step}")).click()
        box = picture.bounding_box()
        assert box is not None
        assert box["y"] > 0 and box["y"] + box["height"] <= fold(WIDE), step
        wide = picture.evaluate("film => film.scrollWidth - film.clientWidth")
        assert wide <= 0, step


def test_on_a_phone_the_film_fits_and_no_answer_lies_on_its_copy(visit: Visit) -> None:
    page = visit("heist", PHONE)
    picture = film(page)
    picture.get_by_role("button", name=re.compile("^2 Query")).click()
    expect(picture.get_by_text("of answers stray").first).to_be_visible()
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    assert (picture.bounding_box() or PHONE)["y"] < 160
    for way in picture.locator(".track:has(.token)").all():
        answer, copy = way.locator(".chip").bounding_box(), way.locator(".station.copy").bounding_box()
        assert answer is not None and copy is not None
        assert answer["x"] + answer["width"] <= copy["x"]


def test_the_library_of_charts_is_there_before_the_first_chart_and_comes_once(visit: Visit) -> None:
    page = visit("heist")
    page.wait_for_function("window.Plotly !== undefined")
    assert page.locator(".js-plotly-plot").count() == 0
    page.get_by_role("link", name="Steal", exact=True).first.click()
    expect(page.locator(".st-key-picture_steal svg.main-svg").first).to_be_visible()
    assert page.locator("script[src*='plotly/']").count() == 1
