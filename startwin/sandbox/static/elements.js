// Pieces of the document that many parts of the page are made of.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** A button with these words or nodes in it. */
export function button(className, onClick, ...children) {
  const node = element("button", className, ...children);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

/** A drawing of one line, 24 units wide and high. */
export function icon(line, className = "") {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  if (className) drawing.setAttribute("class", className);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", line);
  drawing.append(path);
  return drawing;
}

export function fileUrl(fileId) {
  return `/chat/files/${encodeURIComponent(fileId)}`;
}
