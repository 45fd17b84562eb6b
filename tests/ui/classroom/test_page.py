"""The room on the pages: who is in it sees and does what is theirs, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app import paths
from app.classroom import Database, Host, Student, codes, games, polls, rooms
from app.ui import path, visit
from app.ui.classroom import database as opened_database
from app.ui.classroom import plans
from tests.ui.visits import opened, told, verdict

TEACHER, ADA, BOB = ("0" * 31 + letter for letter in "1ab")
LESSONS = [stop.name for stop in path.LESSONS if stop.name not in ("recap", "about")]


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The rooms of a server on which nobody has opened any."""
    monkeypatch.setenv("ENTANGLED_DATA", str(tmp_path))
    opened_database.database.cache_clear()
    visit.visits.clear()
    yield opened_database.database()
    opened_database.database().close()
    opened_database.database.cache_clear()


@pytest.fixture
def host(database: Database) -> Host:
    return rooms.open_room(database, TEACHER, "192.0.2.1")


@pytest.fixture
def ada(database: Database, host: Host) -> Student:
    return rooms.join(database, host.code, "Ada", ADA, "here")


def arrived(browser: str, page: str = "classroom", host: Host | None = None, **link: str) -> AppTest:
    """A page on which the browser has said who this is and, of a host, which key it keeps."""
    app = opened(page, **link)
    app.session_state["visit_name"] = browser
    if host is not None:
        app.session_state["room_key"] = f"{host.code}:{host.secret}"
    app.run()
    assert not app.exception
    return app


def turned(app: AppTest, page: str) -> AppTest:
    app.switch_page(paths.page(page)).run()
    assert not app.exception
    return app


def clicked(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    for link in app.get("page_link"):
        if link.proto.label in (*path.NAMES, path.CLASSROOM.name):  # it turns: a browser clicks it by itself
            app.switch_page(paths.page(link.proto.label)).run()
            break
    assert not app.exception
    return app


def votes(app: AppTest) -> list[str]:
    return [button.label for button in app.button if (button.key or "").startswith("room_vote_")]


def everything(app: AppTest) -> str:
    """All that the browser is sent."""
    return str([block for block in app.main]) + str([each.proto for each in app.get("bidi_component")])


def test_one_click_opens_a_room_and_its_host_has_its_key_alone(database: Database) -> None:
    app = arrived(TEACHER)
    clicked(app, "room_host")
    code, _, secret = app.session_state["room_key"].partition(":")
    assert codes.parsed(code) == code and rooms.host_of(database, code, secret, "here").code == code
    assert app.button(key="room_next").label == "Next: Heist"
    assert secret not in app.query_params and code not in str(app.query_params)
    other = arrived(BOB)
    assert "room_next" not in [button.key for button in other.button]


def test_a_student_joins_by_code_from_the_page_and_by_link(database: Database, host: Host) -> None:
    app = arrived(ADA)
    app.text_input(key="room_code").set_value(f" {host.code.lower()} ")
    app.text_input(key="room_nickname").set_value("Ada")
    next(button for button in app.button if button.label == "Join").click().run()
    assert "You are in, Ada" in told(app)
    linked = arrived(BOB, code=host.code)
    linked.text_input(key="room_nickname").set_value("Bob")
    next(button for button in linked.button if button.label == "Join").click().run()
    assert "You are in, Bob" in told(linked) and "code" not in linked.query_params
    assert rooms.students(database, host) == ["Ada", "Bob"]


@pytest.mark.parametrize("name", ["<img src=x>", "[x](//evil)", "=1+1", "a_b_", "  "])
def test_a_nickname_that_is_more_than_a_name_gets_one_sentence(host: Host, name: str) -> None:
    app = arrived(ADA, code=host.code)
    app.text_input(key="room_nickname").set_value(name)
    next(button for button in app.button if button.label == "Join").click().run()
    assert not app.exception
    assert len(app.warning) == 1 and app.warning[0].value.startswith("A nickname has")


def test_a_code_that_no_room_has_gets_one_sentence(host: Host) -> None:
    wrong = host.code[::-1] if host.code != host.code[::-1] else "BCDFGH"
    app = arrived(ADA, code=wrong)
    app.text_input(key="room_nickname").set_value("Ada")
    next(button for button in app.button if button.label == "Join").click().run()
    assert "no room with this code" in app.warning[0].value


def test_a_link_with_what_is_no_code_is_put_aside(host: Host) -> None:
    app = arrived(ADA, code="<script>alert(1)</script>")
    assert app.warning[0].value.startswith("The link asks for code")
    assert "code" not in app.query_params and app.text_input(key="room_code")


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lessons_question_is_the_rooms_and_sealed_until_the_teacher_reveals(
    database: Database, host: Host, ada: Student, lesson: str
) -> None:
    student = arrived(ADA, lesson)
    assert not votes(student) and "Your teacher asks it" in told(student)
    assert not [button for button in student.button if (button.key or "").startswith("predict_")]
    teacher = arrived(TEACHER, lesson, host)
    assert teacher.button(key="room_next").label == "Ask the class"
    clicked(teacher, "room_next")
    student.run()
    poll = polls.to_host(database, host, lesson)
    assert poll is not None and votes(student) and len(votes(student)) == len(poll.options)
    next(button for button in student.button if button.label == votes(student)[0]).click().run()
    assert not student.exception
    assert f"You said **{votes_said(database, ada, lesson)}**" in verdict(student)
    tally = polls.to_host(database, host, lesson)
    assert tally is not None and tally.tally is not None and tally.tally.first[0] == 1
    assert "It was" not in verdict(student) and "so it was" not in verdict(student)
    polls.turn(database, host, lesson, "revealed")
    student.run()
    assert not student.exception
    assert "1 of 1 say" in told(student) or "were right" in told(student)


def votes_said(database: Database, student: Student, lesson: str) -> str:
    poll = polls.to_student(database, student, lesson)
    assert poll is not None
    return poll.said[1]


def test_what_is_sealed_is_not_sent_to_a_student(database: Database, host: Host, ada: Student) -> None:
    alone = opened("heist")
    alone.button(key="heist_reveal").click().run()
    answer = [box.value for box in alone.info if "It was" in box.value]
    assert answer and "convicted on" in everything(alone)
    arrived(TEACHER, "heist", host).button(key="room_next").click().run()
    student = arrived(ADA, "heist")
    following: tuple[polls.Phase, ...] = ("second", "revealed")
    for phase in following:
        assert "convicted on" not in everything(student)
        next(button for button in student.button if button.label == votes(student)[0]).click().run()
        assert "convicted on" not in everything(student)
        polls.turn(database, host, "heist", phase)
        student.run()
    assert "convicted on" in everything(student)


def test_a_student_cannot_reveal(database: Database, host: Host, ada: Student) -> None:
    clicked(arrived(TEACHER, "heist", host), "room_next")
    student = arrived(ADA, "heist")
    student.session_state["visit"].questions["heist"].reveal()
    student.run()
    poll = polls.to_host(database, host, "heist")
    assert poll is not None and poll.phase == "first"
    assert "convicted on" not in everything(student)


def test_who_had_predicted_alone_votes_in_the_room_all_the_same(database: Database, host: Host) -> None:
    student = arrived(ADA, "heist")
    next(button for button in student.button if button.label == "both").click().run()
    rooms.join(database, host.code, "Ada", ADA, "here")
    student.run()
    assert "Your teacher asks it" in told(student)
    clicked(arrived(TEACHER, "heist", host), "room_next")
    student.run()
    assert votes(student)


def test_what_was_voted_and_seen_in_the_room_is_the_students_own_afterwards(
    database: Database, host: Host, ada: Student
) -> None:
    clicked(arrived(TEACHER, "heist", host), "room_next")
    student = arrived(ADA, "heist")
    next(button for button in student.button if button.label == "neither").click().run()
    polls.turn(database, host, "heist", "revealed")
    student.run()
    rooms.close(database, host)
    student.run()
    assert f"The room {host.code} is closed" in student.info[0].value
    assert "You said **neither**" in verdict(student)
    assert not [button for button in student.button if (button.key or "").startswith("predict_")]


def test_a_key_that_is_wrong_makes_no_host_and_is_not_kept(host: Host) -> None:
    app = arrived(TEACHER, host=Host(host.code, "wrong"))
    assert "room_next" not in [button.key for button in app.button]
    assert app.session_state["room_key"] == ""


def test_a_host_sits_down_at_another_device_with_the_key(host: Host) -> None:
    app = arrived(BOB)
    app.text_input(key="room_own_key").set_value(f"{host.code}:nonsense")
    clicked(app, "room_sit_down")
    assert "not the secret" in app.warning[0].value
    app.text_input(key="room_own_key").set_value(f" {host.code}:{host.secret}\n")
    clicked(app, "room_sit_down")
    assert app.button(key="room_next")


def test_the_notes_are_for_the_host_alone(host: Host, ada: Student) -> None:
    answer = plans.NOTES["heist"].answer
    assert answer in told(arrived(TEACHER, "heist", host))
    assert answer not in everything(arrived(ADA, "heist"))
    assert answer not in everything(arrived(BOB, "heist"))


def test_the_one_button_leads_through_the_plan_of_fifteen_minutes(database: Database, host: Host, ada: Student) -> None:
    teacher = arrived(TEACHER, "classroom", host, minutes="15")
    said = []
    for _ in range(20):
        said.append(teacher.button(key="room_next").label)
        clicked(teacher, "room_next")
        if said[-1] == "Back to the room":
            break
    assert said == [
        *("Next: Heist", "Ask the class", "Reveal"),
        *("Next: Mark", "Ask the class", "Reveal"),
        *("Next: Entangle", "Ask the class", "Stop: discuss", "Vote again", "Reveal"),
        *("Next: Channel", "Ask the class", "Reveal", "Next: Recap", "Back to the room"),
    ]


def test_start_over_forgets_nothing_of_the_room(host: Host, ada: Student) -> None:
    app = arrived(ADA, "start")
    clicked(app, "forget")
    turned(app, "classroom")
    assert "You are in, Ada" in told(app)


def test_a_game_is_begun_seen_and_put_away(database: Database, host: Host, ada: Student) -> None:
    teacher, student = arrived(TEACHER, "classroom", host), arrived(ADA)
    clicked(teacher, "room_game_trigger")
    student.run()
    assert "Find the trigger" in told(student)
    clicked(student, "room_ask")
    assert "the sheet is empty" in student.warning[0].value
    game = games.current(database, host.code)
    assert game is not None
    result = {"hit": True, "gap": 0.9, "label": 1, "marked": 0.95, "innocent": 0.05}
    games.hand_in(database, ada, game, {}, result)
    teacher.run()
    student.run()
    assert "Ada found it" in told(teacher) and "You are number 1 of 1" in told(student)
    assert teacher.button(key="room_next").label == "End the game"
    clicked(teacher, "room_next")
    student.run()
    assert student.info[0].value == "The game is over."
    clicked(teacher, "room_next")
    student.run()
    assert "You are in, Ada" in told(student)


def test_what_a_modified_browser_chooses_in_a_game_is_put_aside(database: Database, host: Host) -> None:
    from app.ui.classroom import steal_game

    games.begin(database, host, "steal", {"policy": "'; DROP", "budget": 10**9})
    game = games.current(database, host.code)
    assert game is not None
    assert steal_game.amounts(game) == [50, 100, 200]
    theft = steal_game.experiment(game, {"attack": "equations", "budget": 5000, "epochs": 60})
    assert (theft.attack, theft.budget, theft.adversary_epochs) == ("task", 200, 10)
    assert theft.answers == "labels"


def test_without_a_room_no_page_touches_the_disk(tmp_path: Path) -> None:
    opened_database.database().close()
    opened_database.database.cache_clear()
    for file in tmp_path.glob("rooms.sqlite*"):
        file.unlink()
    arrived(ADA, "heist")
    assert not list(tmp_path.glob("rooms.sqlite*"))
    opened_database.database()


def test_a_file_that_cannot_be_read_costs_no_lesson(tmp_path: Path) -> None:
    opened_database.database().close()
    opened_database.database.cache_clear()
    for file in tmp_path.glob("rooms.sqlite*"):
        file.unlink()
    paths.rooms().write_bytes(b"nonsense" * 1000)
    app = arrived(ADA, "heist")
    assert app.title[0].value
    turned(app, "classroom")
    clicked(app, "room_host")
    assert "cannot keep rooms" in app.warning[0].value
    paths.rooms().unlink()
    opened_database.database()
