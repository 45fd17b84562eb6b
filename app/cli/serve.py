"""``entangled app``: the pages, from the command line."""

from app import paths

_EVERYWHERE = ("0.0.0.0", "::")  # no addresses to open in a browser


def serve(port: int = 8501, interface: str | None = None) -> int:
    """Serve the pages until Ctrl-C, with the settings and the theme that the app ships with; return the exit status.

    They lie beside the entry, so they apply in any working folder. In this process: a server that is ended from
    outside leaves no child behind.

    Args:
        port: where to listen; a port that is taken ends the process, with a sentence in the log.
        interface: the address of the one to listen on; None for all of this machine's.
    """
    from streamlit.web import cli  # half a second, which no other command needs

    options = ["--server.port", str(port)]
    if interface is not None:
        options += ["--server.address", interface]
        if interface not in _EVERYWHERE:
            options += ["--browser.serverAddress", interface]
    cli.main(["run", str(paths.ENTRY), *options], prog_name="entangled", standalone_mode=False)
    return 0
