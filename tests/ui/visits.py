"""A visit to a page without a browser."""

from streamlit.testing.v1 import AppTest

from app import paths


def opened(page: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=60).run()
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(paths.page(page)).run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.subheader, app.caption) for element in kind)
