// On a phone the names of the lessons are a panel over the page, and Streamlit leaves it open when one is chosen: the
// new lesson closes it. data: { page }
let shown = null;

export default function ({ data }) {
  const close = document.querySelector("[data-testid=stSidebarCollapseButton] button");
  if (shown !== null && shown !== data.page) close?.click();
  shown = data.page;
}
