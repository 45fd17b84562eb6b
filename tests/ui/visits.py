"""A visit to a page without a browser."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from app import paths


def opened(page: str, **link: str) -> AppTest:
    app = AppTest.from_file(str(paths.DOOR), default_timeout=60).run()
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(paths.page(page)).run()
    assert not app.exception
    return app


def asked_where(app: AppTest) -> AppTest:
    """Open the panel that says where the page's numbers come from."""
    app.session_state["panel_source"] = True
    return app.run()


def told(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.subheader, app.caption) for element in kind)


def vote(app: AppTest, option: str) -> AppTest:
    """Predict, with the page's one question; once it is closed, it offers nothing."""
    buttons = [button for button in app.button if (button.key or "").startswith("predict_")]
    next(button for button in buttons if button.label == option).click().run()
    assert not app.exception
    return app


def offered(app: AppTest) -> list[str]:
    """What may be predicted now."""
    return [button.label for button in app.button if (button.key or "").startswith("predict_")]


def verdict(app: AppTest) -> str:
    """What the page says to the prediction."""
    return "\n".join(box.value for kind in (app.success, app.info) for box in kind if "You said" in box.value)


def plots(app: AppTest) -> list[dict[str, Any]]:
    """Return the charts on a page, as the browser gets them."""
    drawn = [each.proto for each in app.get("bidi_component") if each.proto.component_name.endswith("plot_plot")]
    return [json.loads(json.loads(proto.json)["figure"]) for proto in drawn]
