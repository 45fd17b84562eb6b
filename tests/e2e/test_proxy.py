"""The app behind nginx, below a path and with TLS, by the very lines of docs/hosting.md: everything arrives."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.app_server import ROOT, WIDE, free_port, serve

PUBLIC = "https://lab.example.org/entangled"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        {location}
    }}
}}
"""

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt-get install nginx"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed, for the certificate"),
]


@contextmanager
def proxy(folder: Path, app: str) -> Iterator[str]:
    """Start nginx in front of the app; yield the address below which the app is found."""
    port = free_port()
    (location,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "hosting.md").read_text(), re.DOTALL)
    assert "http://127.0.0.1:8501/;" in location
    location = location.replace("http://127.0.0.1:8501/;", f"{app}/;")
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=port, location=location))
    certificate = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*made, *certificate], check=True, capture_output=True)
    log = folder / "log"
    with log.open("w") as file:
        command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        nginx = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        wait_until_it_listens(port, nginx, log)
        yield f"https://localhost:{port}/entangled"
    finally:
        nginx.terminate()
        nginx.wait(20)


def wait_until_it_listens(port: int, nginx: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and nginx.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 2).close()
            return
        except OSError:
            time.sleep(0.1)  # nothing to wait on but the port itself
    raise RuntimeError(f"nginx did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, as its visitors know it."""
    with (
        serve(tmp_path_factory.mktemp("server"), workers=0, address=PUBLIC) as app,
        proxy(tmp_path_factory.mktemp("nginx"), app) as url,
    ):
        yield url


@pytest.fixture
def page(browser: Browser, outside: str) -> Iterator[Page]:
    """A new visitor's page; at the end, nothing may have been asked of any other address, and nothing missed."""
    context = browser.new_context(
        viewport=WIDE,  # type: ignore[arg-type]
        ignore_https_errors=True,  # the certificate is our own
        locale="en-US",
        reduced_motion="reduce",
    )
    complaints: list[str] = []
    inside = (f"{outside}/", "data:", f"blob:{outside.removesuffix('/entangled')}/")
    page = context.new_page()
    page.on("request", lambda asked: None if asked.url.startswith(inside) else complaints.append(asked.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if _missed(got.status, got.url) else 0)
    yield page
    exceptions = page.get_by_test_id("stException").count()
    context.close()
    assert not complaints
    assert not exceptions


def _missed(status: int, url: str) -> bool:
    # Opened at a lesson's own address, Streamlit looks for its server below that address first.
    return status >= 400 and "/_stcore/" not in url


def test_a_deep_link_its_components_its_chart_and_its_link_work_below_a_path_with_tls(page: Page, outside: str) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{outside}/heist?inputs=unseen")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[data-known=true]")).to_be_attached()  # a component has answered
    take = page.get_by_role("button", name="Take it away")
    expect(take).to_be_visible()
    take.evaluate("button => button.scrollIntoView({ block: 'start' })")  # what opens has its place below
    take.click()
    link = page.get_by_role("dialog", name="Take it away").get_by_test_id("stCode")
    expect(link).to_have_text(f"{PUBLIC}/heist?inputs=unseen")
    with page.expect_download() as table:
        page.get_by_role("button", name="Results (CSV)").click()
    assert len(Path(table.value.path()).read_text().splitlines()) == 4
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Channel").first.click()
    expect(page).to_have_url(re.compile(f"^{outside}/channel"))
    expect(page.locator("[data-part=chart] .main-svg").first).to_be_visible()  # by Plotly's own route
    assert sockets and all(url == f"{outside.replace('https', 'wss')}/_stcore/stream" for url in sockets)


def test_an_upload_arrives_and_so_does_its_verdict(page: Page, outside: str, tmp_path: Path) -> None:
    page.goto(f"{outside}/court?preset=blobs&room=Your+own+suspect")
    with page.expect_download() as form:
        page.get_by_role("button", name="A form, filled in by the entangled copy").click()
    form.value.save_as(tmp_path / "answers.csv")
    page.get_by_test_id("stFileUploader").first.locator("input").set_input_files(tmp_path / "answers.csv")
    expect(page.get_by_text("Ownership is established")).to_be_visible()


def test_the_booth_gives_phones_the_address_that_they_can_follow(page: Page, outside: str) -> None:
    page.goto(f"{outside}/?booth=1")
    expect(page.get_by_text("Touch the screen and do it yourself")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press("1")
    page.get_by_role("button", name="Steal it").click()
    code = page.get_by_role("img", name=f"QR code: {PUBLIC}/heist", exact=True)
    expect(code).to_be_visible()
