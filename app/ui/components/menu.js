// On a phone the names of the lessons are a panel over the page, and Streamlit leaves it open when one is chosen: the
// new lesson closes it.

/** @type {string | null} */
let shown = null; // outlives the component, which is made anew on each page

/** @param {{ data: { page: string } }} call */
export default function menu({ data }) {
  const close = document.querySelector("[data-testid=stSidebarCollapseButton] button");
  if (shown !== null && shown !== data.page && close instanceof HTMLElement) close.click();
  shown = data.page;
}
