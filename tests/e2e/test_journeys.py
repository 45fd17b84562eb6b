"""What a visitor does, in a real browser: from the story to the verdict, and the things that go wrong on the way."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.ui.path import LESSONS
from tests.e2e.app_server import PHONE

Visit = Callable[..., Page]
PATIENCE = 90_000  # milliseconds; a loaded machine, not a benchmark
UMAP_PATIENCE = 240_000  # the first time in a new store, numba compiles for half a minute of an idle machine


def verdict(page: Page) -> None:
    """Wait for the explanation that closes the verdict."""
    expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile(r"^The entangled mark (survived|died)"))).to_be_visible()


def predict(page: Page, option: str) -> None:
    """Predict in the film, where it stops before the trial."""
    page.get_by_role("button", name=re.compile(r"^\d Verdict")).click(timeout=PATIENCE)
    page.get_by_role("button", name=option, exact=True).click()


def test_from_the_story_to_the_verdict(visit: Visit) -> None:
    page = visit("?preset=blobs")
    page.get_by_role("button", name="Play the heist").click()
    expect(page).to_have_url(re.compile("/heist"))
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=PATIENCE)
    predict(page, "both")
    verdict(page)
    expect(page.get_by_text("Run live on this machine")).to_be_visible()
    expect(page.get_by_role("button", name="Run it live")).to_be_visible()


def test_the_recorded_verdict_waits_for_a_prediction(visit: Visit) -> None:
    page = visit("heist")
    expect(page.get_by_role("button", name=re.compile(r"^\d Verdict, sealed"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Why")).to_have_count(0)
    predict(page, "both")
    verdict(page)
    expect(page.get_by_text(re.compile("You predicted"))).to_be_visible()
    expect(page.get_by_text("Recorded when the app was built")).to_be_visible()


def test_the_verdict_of_one_theft_leaves_the_next_one_sealed(visit: Visit) -> None:
    page = visit("heist")
    predict(page, "both")
    verdict(page)
    page.get_by_role("slider", name="The thief asks").press("ArrowRight")
    expect(page.get_by_text("inputs the victim never saw").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name=re.compile(r"^\d Verdict, sealed"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Why")).to_have_count(0)
    expect(page.get_by_text(re.compile("You predicted"))).to_have_count(0)


def test_the_pages_stand_in_the_order_of_the_story(visit: Visit) -> None:
    page = visit()
    links = page.get_by_test_id("stTopNavLink")
    expect(links).to_have_text(["Start", *(stop.title for stop in LESSONS)], timeout=PATIENCE)


def test_the_chosen_segment_is_readable_in_the_dark(visit: Visit) -> None:
    page = visit("entangle")
    page.emulate_media(color_scheme="dark")
    chosen = page.get_by_role("radio", name="PCA")
    expect(chosen).to_be_checked(timeout=PATIENCE)
    expect(chosen).to_have_css("background-color", "rgb(0, 114, 178)")
    expect(chosen).to_have_css("color", "rgb(255, 255, 255)")


def test_stop_keeps_what_was_known(visit: Visit) -> None:
    page = visit("heist?seed=101&live=start")
    stop = page.get_by_role("button", name="Stop")
    stop.click(timeout=PATIENCE)
    expect(page.get_by_text("Stopped. What happened by then stays below")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Run it live")).to_be_visible()
    expect(page.get_by_role("heading", name="Why")).to_have_count(0)


def test_a_reload_in_the_middle_finds_the_run_again(visit: Visit) -> None:
    page = visit("heist?preset=digits&seed=102&live=start")
    expect(page.get_by_role("progressbar").first).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("seed=102"))
    predict(page, "neither")
    verdict(page)


def test_two_visitors_share_one_run(visit: Visit) -> None:
    first, second = visit("heist?preset=digits&seed=103&live=start"), visit("heist?preset=digits&seed=103&live=start")
    for page in (first, second):
        expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text(re.compile("Queued"))).to_have_count(0)
    for page in (first, second):
        predict(page, "both")
        verdict(page)
    told = [
        page.get_by_text(re.compile(r"^Run live on this machine, in \d+ s")).inner_text() for page in (first, second)
    ]
    assert told[0] == told[1]


def test_a_third_visitor_waits_in_the_queue_and_other_pages_answer(visit: Visit) -> None:
    runners = [visit(f"heist?seed={seed}&live=start") for seed in (104, 105)]
    for page in runners:
        expect(page.get_by_role("progressbar").first).to_be_visible(timeout=PATIENCE)
    third = visit("heist?seed=106&live=start")
    expect(third.get_by_text("Queued: position 1")).to_be_visible(timeout=PATIENCE)
    reader = visit("entangle")
    expect(reader.get_by_role("heading", name=re.compile("Where will the triggers go"))).to_be_visible(timeout=PATIENCE)
    for page in (third, *runners):
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Stopped.")).to_be_visible(timeout=PATIENCE)


def test_entangle_plays_out_after_the_prediction(visit: Visit) -> None:
    page = visit("entangle")
    expect(page.get_by_role("slider", name="Epoch")).to_have_attribute("aria-valuetext", "epoch 8", timeout=PATIENCE)
    page.get_by_role("radio", name="apart in both").click()
    expect(page.get_by_role("slider", name="Epoch")).to_have_attribute("aria-valuetext", "epoch 16", timeout=PATIENCE)
    expect(page.get_by_text(re.compile("You predicted"))).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="Play").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("slider", name="Epoch").press("Home")
    expect(page.get_by_role("slider", name="Epoch")).to_have_attribute("aria-valuetext", "epoch 0")


def test_the_map_by_umap_is_recorded(visit: Visit) -> None:
    page = visit("entangle")
    page.get_by_role("button", name="Show me without a prediction").click(timeout=PATIENCE)
    page.get_by_role("radio", name="UMAP").click()
    expect(page.get_by_role("img", name=re.compile("trigger", re.IGNORECASE)).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("UMAP shows the last epoch only.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("slider", name="Epoch")).to_have_count(0)


def test_the_maps_stay_while_umap_is_laid_out(visit: Visit) -> None:
    page = visit("entangle?preset=blobs&seed=107&live=start")
    expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("radio", name="UMAP").click()
    expect(page.get_by_text("UMAP is being laid out")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("slider", name="Epoch")).to_be_visible()
    expect(page.get_by_text("UMAP shows the last epoch only.")).to_be_visible(timeout=UMAP_PATIENCE)
    expect(page.get_by_text("UMAP is being laid out")).to_have_count(0)


def test_who_doubts_a_number_sees_it_over_seeds(visit: Visit) -> None:
    page = visit("heist")
    predict(page, "both")
    verdict(page)
    page.get_by_role("button", name="Is this luck?").click()
    expect(page.get_by_role("heading", name=re.compile("Entangled, more of the mark survives on"))).to_be_visible()
    expect(page.get_by_text("python -m app evidence")).to_be_visible()


def test_the_channel_is_seen_first_and_what_became_of_the_mark_after_the_prediction(visit: Visit) -> None:
    page = visit("channel")
    expect(page.get_by_role("heading", name=re.compile("how high will its dots be"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("slider", name="The thief asks").press("End")
    expect(page).to_have_url(re.compile("inputs=noise"), timeout=PATIENCE)
    page.get_by_role("radio", name="both", exact=True).click()
    expect(page.get_by_role("heading", name="Why")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Steal this way yourself").click()
    expect(page).to_have_url(re.compile("/heist.*inputs=noise"), timeout=PATIENCE)


def test_who_changed_the_theft_elsewhere_finds_the_way_back_to_what_is_recorded(visit: Visit) -> None:
    page = visit("court?inputs=blended")
    expect(page.get_by_text(re.compile("You changed: .*unseen, blended and noisy"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Back to what is recorded").click()
    expect(page.get_by_text(re.compile("After how many triggers")).first).to_be_visible(timeout=PATIENCE)


def test_a_hostile_link_gets_a_sentence(visit: Visit) -> None:
    page = visit("heist?seed=banana&temperature=-3&kappa=8")
    expect(page.get_by_text("The setting seed must be a whole number; it is 'banana'.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile("The setting temperature must lie between"))).to_be_visible()
    expect(page).to_have_url(re.compile("kappa=8"))


def test_a_phone_never_scrolls_sideways(visit: Visit) -> None:
    for path in ("", "heist", "entangle", "channel", "tradeoff"):
        page = visit(path, PHONE)
        expect(page.get_by_role("link", name=re.compile("Next|Heist")).first).to_be_attached(timeout=PATIENCE)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"/{path} is {wider} pixels too wide"


def test_on_a_phone_play_is_in_reach_of_the_first_map(visit: Visit) -> None:
    page = visit("entangle", PHONE)
    play, first = page.get_by_role("button", name="Play"), page.locator("figure canvas").first
    expect(play).to_be_visible(timeout=PATIENCE)
    first.evaluate("map => map.scrollIntoView({ block: 'center' })")
    expect(first).to_be_in_viewport(ratio=1)
    expect(play).to_be_in_viewport(ratio=1)


def test_a_lesson_chosen_on_a_phone_closes_the_menu(visit: Visit) -> None:
    page = visit("heist", PHONE)
    page.get_by_test_id("stExpandSidebarButton").click(timeout=PATIENCE)
    page.get_by_role("link", name="Mark").first.click()
    expect(page.get_by_role("heading", level=1, name="Will the copy know")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name="Trade-off")).not_to_be_in_viewport(timeout=PATIENCE)
