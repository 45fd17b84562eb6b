// One small picture, drawn by the server as SVG: Streamlit's own HTML leaves no SVG in place.
import { part } from "../components/dom.js";
import { mount } from "../components/mount.js";

export default mount((root) => {
  const place = part(root, "drawing", HTMLElement);
  return {
    /** @param {{ svg: string }} data */
    update({ svg }) {
      if (place.innerHTML !== svg) place.innerHTML = svg; // made by drawings.py, which escapes every word
    },
  };
});
