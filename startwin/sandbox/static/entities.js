// Formatted text to DOM nodes. Offsets count UTF-16 code units, as JavaScript's strings do.

import { button } from "./elements.js";
import { say } from "./words.js";

const PLAIN_TAGS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
const SAFE_SCHEMES = new Set(["http:", "https:", "tg:", "mailto:"]);

/** The text as nodes; `sendCommand` is called with a command that somebody clicks. */
export function textNodes(text, entities, sendCommand) {
  const fragment = document.createDocumentFragment();
  const ordered = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  fill(fragment, text, 0, text.length, ordered, sendCommand);
  return fragment;
}

function fill(parent, text, start, end, entities, sendCommand) {
  let position = start;
  let rest = entities;
  while (rest.length > 0) {
    const [entity, ...others] = rest;
    const last = Math.min(entity.offset + entity.length, end);
    if (entity.offset >= position && last > entity.offset) {
      parent.append(text.slice(position, entity.offset));
      const node = nodeFor(entity, text.slice(entity.offset, last), sendCommand);
      const inside = others.filter((other) => other.offset < last);
      fill(node, text, entity.offset, last, inside, sendCommand);
      parent.append(node);
      position = last;
    }
    rest = others.filter((other) => other.offset >= position);
  }
  parent.append(text.slice(position, end));
}

function nodeFor(entity, covered, sendCommand) {
  if (entity.type === "text_link" || entity.type === "url") {
    return link(entity.url ?? covered);
  }
  if (entity.type === "bot_command") {
    return button("command", () => sendCommand(covered));
  }
  if (entity.type === "spoiler") {
    const node = button("spoiler", () => node.classList.add("seen"));
    node.setAttribute("aria-label", say("Hidden text: press to show"));
    node.addEventListener("click", () => node.removeAttribute("aria-label"));
    return node;
  }
  const node = document.createElement(PLAIN_TAGS[entity.type] ?? "span");
  if (entity.type === "mention" || entity.type === "hashtag") node.className = "tag";
  return node;
}

function link(url) {
  const node = document.createElement("a");
  if (URL.canParse(url) && SAFE_SCHEMES.has(new URL(url).protocol)) {
    node.href = url;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
  }
  return node;
}
