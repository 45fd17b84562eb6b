// Finding and making elements.

/**
 * Returns the element that the component's HTML calls `data-part=name`, which must be of this kind.
 * @template {Element} Kind
 * @param {ParentNode} root
 * @param {string} name
 * @param {new () => Kind} kind
 */
export function part(root, name, kind) {
  return found(root, `[data-part="${name}"]`, kind);
}

/**
 * @template {Element} Kind
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} kind
 */
export function found(root, selector, kind) {
  const element = root.querySelector(selector);
  if (!(element instanceof kind)) throw new TypeError(`There is no ${kind.name} ${selector}.`);
  return element;
}

/**
 * Makes an element with these properties.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Partial<HTMLElementTagNameMap[Name]>} properties
 * @param {...(Node | string)} children
 */
export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/**
 * Makes an element of an SVG with these attributes.
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} attributes
 * @param {string} text
 */
export function shape(name, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
}

/**
 * Returns the brush of a canvas.
 * @param {HTMLCanvasElement} canvas
 */
export function brush(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no canvas to draw on.");
  return context;
}

/**
 * Returns the pen of a canvas in its present size, empty, to be drawn on in pixels of the page; and that size.
 * @param {HTMLCanvasElement} canvas
 */
export function cleared(canvas) {
  const dense = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth || 300, canvas.clientHeight || 200];
  const [across, down] = [Math.round(width * dense), Math.round(height * dense)];
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  const pen = brush(canvas);
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/**
 * Writes words where they are new: what is written again would be read out again.
 * @param {Element} element
 * @param {string} words
 */
export function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
