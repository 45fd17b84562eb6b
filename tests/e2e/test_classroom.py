"""A class in one room, in a browser: a teacher and students who vote, argue, follow, play, and outlive a server."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.app_server import PHONE, WIDE, fold, serve
from tests.e2e.test_accessibility import violations

Visit = Callable[..., Page]
NAMES = ("Ada", "Bob", "Cem", "Dilek")


@pytest.fixture
def students(request: pytest.FixtureRequest) -> int:
    """How many students there are: two, or with --hard four."""
    return 4 if request.config.getoption("--hard") else 2


def opened(teacher: Page) -> str:
    """Open a room, and return its code."""
    teacher.get_by_role("button", name="Open a room").click()
    code = teacher.locator(".room-code")
    expect(code).to_have_text(re.compile(r"^[A-Z]{6}$"))
    return code.inner_text()


def join(page: Page, name: str) -> Page:
    """Join with a link that has the code."""
    page.get_by_label("A nickname").fill(name)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text(f"You are in, {name}")).to_be_visible()
    return page


def a_class(visit: Visit, count: int) -> tuple[Page, list[Page]]:
    """A teacher with an open room, and students in it."""
    teacher = visit("classroom")
    code = opened(teacher)
    seats = [join(visit(f"classroom?code={code}", PHONE), name) for name in NAMES[:count]]
    expect(teacher.locator(".st-key-room_strip").get_by_text(f"{count} here")).to_be_visible()
    return teacher, seats


def onward(teacher: Page, deed: str) -> None:
    """Press the one button at the foot of the teacher's page, once it says what is expected."""
    button = teacher.locator(".st-key-room_next button")
    expect(button).to_contain_text(deed)
    button.click()


def options(student: Page) -> Locator:
    return student.locator(".st-key-room_vote button")


def vote(student: Page, option: int) -> None:
    options(student).nth(option).click()
    expect(student.get_by_text("You said")).to_be_visible()


def test_a_class_votes_argues_votes_again_and_sees_who_moved_where(visit: Visit, students: int) -> None:
    teacher, seats = a_class(visit, students)
    onward(teacher, "Next: Heist")
    expect(teacher).to_have_url(re.compile("/heist"))
    expect(seats[0]).to_have_url(re.compile("/classroom"))  # nobody is taken along
    onward(teacher, "Ask the class")
    for number, student in enumerate(seats):
        vote(student, number % 2)
    expect(teacher.get_by_text(f"{students} of {students} have voted")).to_be_visible()
    onward(teacher, "Stop: discuss")
    for student in seats:
        expect(student.get_by_text("Convince them")).to_be_visible()
        expect(student.locator(".js-plotly-plot")).to_have_count(0)  # nobody sees what others said
        expect(options(student)).to_have_count(0)
    expect(teacher.locator("[class*=st-key-vote_]").get_by_text("✓")).to_have_count(0)  # the projector neither
    onward(teacher, "Vote again")
    for student in seats:
        vote(student, 2)
    onward(teacher, "Reveal")
    for student in seats:
        expect(student.get_by_text(re.compile("And so it was|It was"))).to_be_visible()
        expect(student.get_by_text(re.compile(f"of {students} changed their mind"))).to_be_visible()
        expect(student.locator(".js-plotly-plot")).to_be_visible()
    expect(teacher.get_by_text(re.compile(f"^{students} of {students} changed their mind"))).to_be_visible()
    assert not violations(teacher) and not violations(seats[0])
    expect(teacher.get_by_role("heading", name="Why")).to_have_count(1)  # the page opens, too
    with teacher.expect_download() as taken:
        teacher.locator(".st-key-room_strip a").click()
        teacher.get_by_role("button", name="Take away").click()
        teacher.get_by_role("button", name="Votes (CSV)").click()
    table = Path(taken.value.path()).read_text(encoding="utf-8")
    assert len(table.splitlines()) == 1 + 2 * students and '"Ada"' in table
    teacher.keyboard.press("Escape")
    teacher.get_by_role("button", name="End class").click()
    teacher.get_by_role("button", name="Close the room").click()
    for page in (teacher, *seats):
        expect(page.get_by_text(re.compile("The room [A-Z]{6} is closed"))).to_be_visible()
        expect(page.locator(".st-key-room_strip")).to_have_count(0)


def test_students_follow_leave_and_come_back_and_a_clicker_leads_them(visit: Visit, students: int) -> None:
    teacher, seats = a_class(visit, students)
    teacher.locator(".st-key-room_follow label").click()
    expect(seats[0].get_by_role("button", name="Look around")).to_be_visible()
    expect(teacher.locator("[data-ready=true]")).to_be_attached()
    teacher.keyboard.press("PageDown")
    for page in (teacher, *seats):
        expect(page).to_have_url(re.compile("/heist"))
    seats[1].get_by_role("button", name="Look around").click()
    expect(seats[1].get_by_role("button", name="Teacher: Heist")).to_be_visible()
    teacher.get_by_role("button", name="A thief with data of their own").click()
    expect(seats[0]).to_have_url(re.compile("inputs=unseen"))  # a setting
    assert "inputs" not in seats[1].url
    seats[1].get_by_role("button", name="Teacher: Heist").click()
    expect(seats[1]).to_have_url(re.compile("inputs=unseen"))
    teacher.get_by_test_id("stTopNavLink").filter(has_text="Entangle").click()
    for page in (teacher, *seats):
        expect(page).to_have_url(re.compile("/entangle"))
    teacher.get_by_role("radio", name="PCA").click()  # how the lesson is shown
    for student in seats:
        expect(student).to_have_url(re.compile("projection=PCA"))
        expect(student.get_by_role("radio", name="PCA")).to_be_checked()
    teacher.locator("h1").click()  # out of any field
    teacher.keyboard.press("PageDown")  # asks
    for student in seats:
        vote(student, 0)
    teacher.keyboard.press("PageUp")
    for page in (teacher, *seats):
        expect(page).to_have_url(re.compile("/temperature"))


def test_a_class_steals_against_each_other(visit: Visit, students: int) -> None:
    teacher, seats = a_class(visit, students)
    teacher.get_by_role("button", name="Games").click()
    teacher.locator(".st-key-room_game_steal button").click()
    for student in seats:
        expect(student.get_by_role("button", name="Steal · 5 left")).to_be_visible()
    seats[0].get_by_role("radio", name="50", exact=True).click()
    expect(seats[0].get_by_role("radio", name="50", exact=True)).to_be_checked()
    for student in seats:
        student.get_by_role("button", name="Steal · 5 left").click()
    for student in seats:
        expect(student.get_by_text(re.compile(r"^You are number \d of"))).to_be_visible()
        expect(student.get_by_role("button", name="Steal · 4 left")).to_be_enabled()
    board = teacher.locator(".st-key-picture_room")
    expect(board.get_by_text(re.compile(r"leads: .* for \$"))).to_be_visible()
    expect(board.locator(".js-plotly-plot .ytick")).to_have_count(students)
    onward(teacher, "End the game")
    expect(seats[0].get_by_text("The game is over")).to_be_visible()
    onward(teacher, "Put the board away")
    expect(seats[0].get_by_text("You are in, Ada")).to_be_visible()


def test_a_class_races_for_the_trigger(visit: Visit, students: int) -> None:
    teacher, seats = a_class(visit, students)
    teacher.get_by_role("button", name="Games").click()
    teacher.locator(".st-key-room_game_trigger button").click()
    player = seats[0]
    sheet = player.locator(".st-key-room_drawn canvas").first
    expect(sheet).to_be_visible()
    player.get_by_role("button", name="Ask both models").click()
    expect(player.get_by_text("the sheet is empty")).to_be_visible()
    box = sheet.bounding_box()
    assert box is not None
    player.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    player.mouse.down()
    player.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    player.mouse.up()
    player.get_by_role("button", name="Ask both models").click()
    expect(player.get_by_text("Try 1:")).to_be_visible()
    for page in (teacher, *seats):
        expect(page.get_by_text(re.compile("nearest: Ada|Ada found it"))).to_be_visible()


def test_the_vote_is_on_the_first_screen_of_a_phone_and_the_question_on_that_of_a_laptop(visit: Visit) -> None:
    teacher, (student, other) = a_class(visit, 2)
    invitation = teacher.locator(".st-key-room_invitation").bounding_box()
    assert invitation is not None and invitation["y"] + invitation["height"] <= fold(WIDE)
    onward(teacher, "Next: Heist")
    onward(teacher, "Ask the class")
    other.goto(teacher.url.split("?")[0])  # the lesson itself, on a phone
    for page in (student, other):
        expect(options(page)).to_have_count(4)
        last = options(page).nth(3).bounding_box()
        strip = page.locator(".st-key-room_strip").bounding_box()
        assert last is not None and strip is not None
        assert last["height"] >= 44 and last["y"] + last["height"] <= strip["y"]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0
    teacher.locator(".st-key-room_strip a").click()
    chart = teacher.locator(".st-key-picture_room .js-plotly-plot")
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert box is not None and box["y"] + box["height"] <= fold(WIDE)


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[[str, dict[str, int]], Page]]:
    """Open an address as somebody new, who may see the server go."""
    with ExitStack() as leaving:

        def visit(address: str, viewport: dict[str, int]) -> Page:
            context = browser.new_context(viewport=viewport, reduced_motion="reduce", locale="en-US")  # type: ignore[arg-type]
            leaving.callback(context.close)
            page = context.new_page()
            page.goto(address)
            expect(page.locator("[data-known=true]")).to_be_attached()
            return page

        yield visit


def test_the_class_goes_on_after_the_server_was_killed_in_the_middle(
    tmp_path: Path, contexts: Callable[[str, dict[str, int]], Page]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with ExitStack() as servers:
        url = servers.enter_context(serve(tmp_path, workers=0, port=port))
        teacher = contexts(f"{url}/classroom", WIDE)
        code = opened(teacher)
        ada, bob = (join(contexts(f"{url}/classroom?code={code}", PHONE), name) for name in NAMES[:2])
        onward(teacher, "Next: Heist")
        onward(teacher, "Ask the class")
        vote(ada, 1)
        (server,) = (one for one in psutil.Process().children() if str(port) in one.cmdline())
        server.kill()
        servers.enter_context(serve(tmp_path, workers=0, port=port))
        vote(bob, 2)  # on the page as it was: it finds the new server by itself
        expect(teacher.get_by_text("2 of 2 have voted")).to_be_visible()
        bob.reload()
        expect(bob.get_by_text("You said")).to_be_visible()
        teacher.reload()
        onward(teacher, "Stop: discuss")
        expect(ada.get_by_text("Convince them")).to_be_visible()
