"""A student without a browser: one session of the app, over the websocket that a browser would open.

It does what a browser does between the server and the screen: it keeps the values of widgets and sends them along,
knows messages that it got before by their hash, says once who it is, and asks again for what draws itself again.
"""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any, Self

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 60.0  # seconds, after which an answer counts as lost
_WHOLE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class Lost(Exception):
    """What a student did has had no answer; the message is what it was."""


class Student:
    """One session. Open it with ``async with``, which connects; every act returns the seconds until its answer.

    Attributes:
        faults: what went wrong on a page: an exception instead of an element, a script that does not compile.
        query: what the address of the page says behind its "?".
    """

    def __init__(self, url: str, name: str, *, key: str = "") -> None:
        """Prepare a session with the app at ``url``, for a browser that keeps ``name``, 32 hexadecimal digits.

        ``key`` is that of the room which is hosted from it, if any.
        """
        self._url, self._kept = url, {"name": name, **({"key": key} if key else {})}
        self._cache: dict[str, ForwardMsg] = {}
        self._pages: dict[str, str] = {}  # lesson -> the hash of its page
        self._values: dict[str, Any] = {}  # of widgets, by id
        self._elements: list[tuple[str, Any, str]] = []  # of the last run: kind, element, fragment
        self._repeated: dict[str, asyncio.Task[None]] = {}  # by fragment
        self._finished: asyncio.Queue[tuple[int, list[tuple[str, Any, str]]]] = asyncio.Queue()
        self._page, self.query = "", ""
        self.faults: list[str] = []

    async def __aenter__(self) -> Self:
        """Connect."""
        address = self._url.replace("http", "ws", 1) + "/_stcore/stream"
        protocols = [websockets.Subprotocol("streamlit")]
        self._socket = await websockets.connect(address, subprotocols=protocols, max_size=None)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the tab."""
        self._forget_repetitions()
        self._reading.cancel()
        with suppress(asyncio.CancelledError, websockets.ConnectionClosed):
            await self._reading
        await self._socket.close()

    async def open(self, lesson: str, query: str = "") -> float:
        """Open a lesson at its own address, and say who this is: then it is drawn a second time."""
        self._page, self.query, self._values = lesson, query, {}
        seconds = await self._ask(f"{lesson}?{query}")
        for kind, element, _ in self._elements:
            if kind == "bidi_component" and element.component_name.endswith("_identity"):
                self._values[element.id] = {"json_value": json.dumps(self._kept)}
                seconds += await self._ask(f"{lesson}, recognised")
        return seconds

    async def go(self, lesson: str) -> float:
        """Go to another lesson by the navigation."""
        self._page, self.query, self._values = lesson, "", {}
        return await self._ask(lesson)

    async def choose(self, label: str, number: int) -> float:
        """Choose one of a row of choices."""
        element, fragment = self._find("radio", label)
        self._values[element.id] = {"string_value": element.options[number]}
        return await self._ask(f"{label}: {element.options[number]}", fragment=fragment)

    async def press(self, label: str) -> float:
        """Press a button."""
        element, fragment = self._find("button", label)
        self._values[element.id] = {"trigger_value": True}
        try:
            return await self._ask(label, fragment=fragment)
        finally:
            del self._values[element.id]

    def drawn(self, key: str) -> float:
        """Return the sum of all bars of the chart with this key."""
        for kind, element, _ in self._elements:
            if kind == "bidi_component" and f"plot_{key}" in element.id:
                figure = json.loads(json.loads(element.json)["figure"])
                return float(sum(sum(trace["x"]) for trace in figure["data"]))
        raise Lost(f"there is no chart {key} on the page {self._page}")

    def options(self, label: str) -> int:
        """Return how many choices there are."""
        return len(self._find("radio", label)[0].options)

    def link(self, label: str) -> str:
        """Return what a link to another lesson takes along."""
        return str(self._find("page_link", label)[0].query_string)

    @property
    def lessons(self) -> list[str]:
        """The lessons that the navigation offers."""
        return [name for name in self._pages if name]

    @property
    def watching(self) -> bool:
        """Whether something on the page draws itself again and again: a run is on its way."""
        return bool(self._repeated)

    async def _ask(self, what: str, *, fragment: str = "") -> float:
        """Send what the page has now, and wait until the server has drawn it."""
        while not self._finished.empty():
            self._finished.get_nowait()
        if not fragment:
            self._forget_repetitions()
        began = time.perf_counter()
        await self._send(fragment)
        wanted = _WHOLE[bool(fragment)]
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    status, elements = await self._finished.get()
                    if status == wanted:
                        break
        except TimeoutError:
            raise Lost(what) from None
        waited = time.perf_counter() - began
        if fragment:
            elements = [*(each for each in self._elements if each[2] != fragment), *elements]
        self._elements = elements
        return waited

    async def _send(self, fragment: str, *, repeated: bool = False) -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.fragment_id, asked.is_auto_rerun = self.query, fragment, repeated
        if self._page in self._pages:
            asked.page_script_hash = self._pages[self._page]
        else:
            asked.page_name = self._page
        asked.context_info.url = f"{self._url}/{self._page}"
        for id_, value in self._values.items():
            asked.widget_states.widgets.add(id=id_, **value)
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        """Take in messages until the tab is closed."""
        elements: list[tuple[str, Any, str]] = []
        async for received in self._socket:
            message = ForwardMsg()
            message.ParseFromString(received if isinstance(received, bytes) else received.encode())
            if message.WhichOneof("type") == "ref_hash":
                message = self._cache[message.ref_hash]
            elif message.hash:
                self._cache[message.hash] = message
            match message.WhichOneof("type"):
                case "new_session":
                    elements = []
                case "navigation":
                    self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
                case "page_info_changed":
                    self.query = message.page_info_changed.query_string
                case "auto_rerun":
                    self._repeat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
                case "session_event":
                    self.faults.append(str(message.session_event)[:200])
                case "delta":
                    kind = message.delta.new_element.WhichOneof("type")
                    if kind == "exception":
                        self.faults.append(message.delta.new_element.exception.message[:200])
                    if kind is not None:
                        element = getattr(message.delta.new_element, kind)
                        elements.append((kind, element, message.delta.fragment_id))
                case "script_finished":
                    self._finished.put_nowait((message.script_finished, elements))

    def _repeat(self, fragment: str, interval: float) -> None:
        async def again() -> None:
            while True:
                await asyncio.sleep(interval)
                await self._send(fragment, repeated=True)

        if fragment not in self._repeated:
            self._repeated[fragment] = asyncio.create_task(again())

    def _forget_repetitions(self) -> None:
        for task in self._repeated.values():
            task.cancel()
        self._repeated.clear()

    def _find(self, kind: str, label: str) -> tuple[Any, str]:
        for found, element, fragment in self._elements:
            if found == kind and element.label == label:
                return element, fragment
        raise Lost(f"there is no {kind} {label!r} on the page {self._page}")
