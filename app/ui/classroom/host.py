"""The page of the room as its host has it: how to join, large, then the question with its bars; the rest beside it."""

from functools import partial

import streamlit as st

from app.classroom import Host, Refused, games, polls, rooms, votes_file
from app.reports import handout
from app.ui import address, frame, path, plan
from app.ui.classroom import conductor, invitation, panel, plans, playing, pulse, seat
from app.ui.classroom.database import database

_SECONDS = 1.0  # between two looks at who is there


def draw(host: Host) -> None:
    """Draw the room for its host."""
    picture, beside = frame.stage("room")
    lesson = polls.lesson_asked(database(), host.code)
    poll = polls.to_host(database(), host, lesson) if lesson else None
    game = games.current(database(), host.code)
    with picture:
        if game is not None:
            playing.of_host(host, game)
        elif poll is None or poll.lesson not in path.NAMES:
            _invite(host)
        else:
            st.markdown(f"**{path.lesson(poll.lesson).title}.** {poll.words}")
            panel.of_host(host, poll.lesson, poll.words, large=True)
    with beside:
        if poll is not None or game is not None:
            _invite_small(host)
        with st.container(key="room_tools"):  # two beside each other: see page.css
            playing.offers(host)
            _tidy(host)
        _steps(host)


def _invite(host: Host) -> None:
    link = invitation.link(st.context.url or "", host.code)
    with st.container(key="room_invitation"):
        st.image(address.qr(link), width=400, alt=f"QR code of {link}")
        with st.container():
            st.html(f'<p class="room-code">{host.code}</p>')
            st.markdown(f"Scan, or open `{link.partition('?')[0].partition('://')[2]}` and type the code.")
            _who_is_there(host)
    if address.is_local(link):
        st.warning("This machine is in no network: phones cannot follow the link.", icon=":material/wifi_off:")


def _invite_small(host: Host) -> None:
    link = invitation.link(st.context.url or "", host.code)
    with st.popover(f"Join: {host.code}", icon=":material/qr_code:", width="stretch"):
        st.image(address.qr(link), width=300, alt=f"QR code of {link}")
        st.code(link, language=None, wrap_lines=True)


def _who_is_there(host: Host) -> None:

    @st.fragment
    def joining() -> None:
        known = rooms.pulse(database(), host.code)
        try:
            names = rooms.students(database(), host)
            pulse.listen(host, known, ("votes",), key="room_joining_pulse", seconds=_SECONDS)
        except Refused:  # it is closed
            st.rerun()
        st.subheader(f"{len(names)} here" if names else "Nobody is here yet", anchor=False)
        st.text(" · ".join(names))

    joining()


def _steps(host: Host) -> None:
    """The steps of the plan, each a touch away, with what was asked there."""
    minutes = plan.length()
    key = "room_class_length"
    st.session_state[key] = minutes
    st.segmented_control(
        "A class of",
        [length for length in path.CLASSES if length > 5],
        format_func="{} min".format,
        key=key,
        on_change=lambda: plan.choose(st.session_state[key]),
    )
    st.caption(
        "The blue button below is what comes next; Page Down, or a clicker, presses it, Page Up goes back a lesson. "
        "*Follow me*: students' screens show your page and settings."
    )
    phases = {poll.lesson: poll.phase for poll in polls.all_to_host(database(), host)}
    next_stop = conductor.after(path.CLASSROOM.name)
    for number, (stop, length) in enumerate(path.planned(minutes), 1):
        done = {"revealed": " ✓", None: ""}.get(phases.get(stop.name), " …")
        words = f"{number}. {stop.title} · {length} min{done}"
        st.page_link(stop.page, label=f"**{words}**" if stop == next_stop else words)


def _tidy(host: Host) -> None:
    with st.popover("Take away", icon=":material/download:", width="stretch"):
        _take_away(host)
    with st.popover("Host's key", icon=":material/key:", width="stretch"):
        st.markdown("**The host's key.** With it, you are the host on another device too. Cover the projector first.")
        st.code(seat.key_of(host), language=None, wrap_lines=True)
    with st.popover("End class", icon=":material/meeting_room:", width="stretch"):
        st.markdown("**The next class** gets the same room, empty: students, votes and games go.")
        st.button("Start again", icon=":material/restart_alt:", key="room_again", on_click=partial(_again, host))
        st.markdown("**Close the room**: nothing of it is left, so take the votes away before.")
        st.button("Close the room", icon=":material/close:", key="room_close", on_click=partial(_close, host))


def _take_away(host: Host) -> None:
    """The votes, and the plan on paper: made when somebody asks for them."""
    place = invitation.link(st.context.url or "", host.code).partition("?")[0].partition("://")[2]
    steps = plans.steps(plan.length())

    def votes() -> str:
        return votes_file.table(polls.single_votes(database(), host))

    def paper(*, of_teacher: bool) -> str:
        return handout.page(steps, address=place, code=host.code, of_teacher=of_teacher)

    for label, made, name, mime in (
        ("Votes (CSV)", votes, f"votes-{host.code}.csv", "text/csv"),
        ("Hand-out to print", partial(paper, of_teacher=False), "hand-out.html", "text/html"),
        ("The plan, with answers", partial(paper, of_teacher=True), "plan.html", "text/html"),
    ):
        st.download_button(label, made, name, mime, key=f"room_take_{name}", on_click="ignore", width="stretch")


def _again(host: Host) -> None:
    with panel.saying_what_is_refused():
        rooms.start_again(database(), host)
        st.session_state.pop("room_lesson", None)


def _close(host: Host) -> None:
    with panel.saying_what_is_refused():
        rooms.close(database(), host)
