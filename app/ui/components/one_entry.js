// Back goes back one page. Streamlit makes an entry in the browser's history of every change of the address, also where
// only a setting changed: there, the entry of the page is changed instead.

const CHANGED = "entangledOneEntry"; // marks the history that this was done to

export function oneEntry() {
  if (!(CHANGED in history)) {
    const push = history.pushState.bind(history);
    history.pushState = (state, unused, url) => {
      const samePage = url != null && new URL(url, location.href).pathname === location.pathname;
      if (samePage) history.replaceState(state, unused, url);
      else push(state, unused, url);
    };
    Object.defineProperty(history, CHANGED, { value: true });
  }
  return { update() {} };
}
