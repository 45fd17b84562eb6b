// For the back row: one key shows the page's picture alone, as wide as the screen; again, or Escape, and the page is
// back. Not a letter: single letters would get in the way of those who speak to their computer (WCAG 2.1.4).
// data: { key, picture: beginning of the class of what may be shown; the first on the page is }

export default function ({ data, parentElement }) {
  const background = () => getComputedStyle(parentElement.host ?? parentElement).getPropertyValue("--st-background-color");
  const show = (event) => {
    if (event.key !== data.key || event.repeat) return;
    event.preventDefault();
    if (document.fullscreenElement) document.exitFullscreen();
    else document.querySelector(`[class*="${data.picture}"]`)?.requestFullscreen();
  };
  const dress = ({ target }) => {
    if (!target.className?.includes?.(data.picture)) return;
    Object.assign(target.style, document.fullscreenElement === target
      ? { background: background(), padding: "2rem", overflow: "auto", justifyContent: "center" }
      : { background: "", padding: "", overflow: "", justifyContent: "" });
  };
  document.addEventListener("keydown", show);
  document.addEventListener("fullscreenchange", dress);
  return () => {
    document.removeEventListener("keydown", show);
    document.removeEventListener("fullscreenchange", dress);
  };
}
