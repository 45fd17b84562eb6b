"""What shared links begin with: what the browser sees, or what the server's owner says."""

import pytest

from app.ui import address

PAGES = ("", "/", "/heist", "/entangle")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("base", ["http://10.0.0.7:8501", "https://school.example/lab"])
def test_the_app_is_found_wherever_it_was_opened(base: str, page: str) -> None:
    assert address.of_app(base + page) == base
    assert address.of_page(base + page) == base + page.rstrip("/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("own", ["https://school.example/lab", "https://school.example/entangle/"])
def test_the_owners_address_takes_the_place_of_what_the_browser_sees(
    own: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTANGLED_ADDRESS", own)
    assert address.of_app(f"http://localhost:8501{page}") == own.rstrip("/")
    assert address.of_page(f"http://localhost:8501{page}") == own.rstrip("/") + page.rstrip("/")


@pytest.mark.parametrize(
    ("seen", "local"),
    [
        ("http://localhost:8501", True),
        ("http://127.0.0.1:8501/heist", True),
        ("http://[::1]:8501", True),
        ("http://localhost.example", False),
        ("http://10.0.0.7:8501", False),
    ],
)
def test_an_address_that_no_phone_can_follow_is_known(seen: str, local: bool) -> None:
    assert address.is_local(seen) is local
