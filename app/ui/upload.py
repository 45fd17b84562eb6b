"""Files that a visitor chooses: of any type and size, so that what is refused is refused here, in a sentence."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

# What the browser refuses by itself, the app never hears of, and what came of the file before would stay; what the
# server refuses, above server.maxUploadSize, takes the file before away. So the browser's own limit is out of reach.
_OUT_OF_REACH = 1_000_000  # MB; page.css hides it
WHERE = "A chosen file goes into this visit's memory, nowhere else, and is gone with it."


def uploader(
    label: str,
    *,
    key: str,
    help: str | None = None,
    on_change: Callable[..., None] | None = None,
    args: tuple[Any, ...] | None = None,
) -> UploadedFile | None:
    """Offer to choose a file; return it, if one is chosen. Its reader checks its size before anything else."""
    return st.file_uploader(label, key=key, help=help, on_change=on_change, args=args, max_upload_size=_OUT_OF_REACH)
