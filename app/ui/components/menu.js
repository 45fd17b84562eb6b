// On a phone the names of the lessons are a panel over the page, and Streamlit leaves it open when one is chosen: the
// new lesson closes it.

/** @type {string | null} */
let shown = null; // outlives the component, which is made anew on each page

export function menu() {
  return {
    /** @param {{ page: string }} data */
    update({ page }) {
      const close = document.querySelector("[data-testid=stSidebarCollapseButton] button");
      if (shown !== null && shown !== page && close instanceof HTMLElement) close.click();
      shown = page;
    },
  };
}
