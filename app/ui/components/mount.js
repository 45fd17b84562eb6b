// The life of a component: made once for its place on the page, told all new data, gone with its place.

/** @typedef {HTMLElement | ShadowRoot} Root */

/**
 * What Python hears of: a state stays until it is set again, a trigger lasts for one run of the page.
 * @typedef {object} Server
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/**
 * @template Data
 * @typedef {object} View
 * @property {(data: Data) => void} update
 * @property {() => void} [destroy]
 */

/**
 * Returns what Streamlit calls at each run of the page.
 * @template Data
 * @param {(root: Root, server: Server) => View<Data>} create
 */
export function mount(create) {
  /** @type {WeakMap<Root, { view: View<Data>, server: Server }>} */
  const mounted = new WeakMap();

  /** @param {{ data: Data, parentElement: Root } & Server} call */
  return function component({ data, parentElement, setStateValue, setTriggerValue }) {
    let here = mounted.get(parentElement);
    if (!here) {
      const server = { setStateValue, setTriggerValue };
      here = { view: create(parentElement, server), server };
      mounted.set(parentElement, here);
    }
    Object.assign(here.server, { setStateValue, setTriggerValue }); // those of an earlier run may be stale
    const { view } = here;
    view.update(data);
    return () => {
      // Streamlit also cleans up after a call that the next one overtook, while its script was still being imported:
      // were the view taken away then, a second one would be made on the same elements, and both would answer.
      if (parentElement.isConnected) return;
      view.destroy?.();
      mounted.delete(parentElement);
    };
  };
}
