// Buttons under a message.

import { button, element, icon } from "./elements.js";

const ARROW = "M8 16L16 8M9 8h7v7";
const SAFE_SCHEMES = new Set(["http:", "https:", "tg:"]);

/** The rows of an inline keyboard; `press` is called with the button's data and resolves when it is answered. */
export function keyboard(markup, press) {
  const rows = markup.inline_keyboard.map((row) => element("div", "row", ...row.map((each) => key(each, press))));
  return element("div", "keyboard", ...rows);
}

function key(described, press) {
  const words = element("span", "", described.text);
  if (described.url !== undefined) return link(described.url, words);
  const node = button("key", async () => {
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    await press(described.callback_data);
    node.removeAttribute("aria-busy");
  }, words);
  return node;
}

function link(url, words) {
  const node = element("a", "key", words, icon(ARROW, "corner"));
  if (URL.canParse(url) && SAFE_SCHEMES.has(new URL(url).protocol)) {
    node.href = url;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
  }
  return node;
}
