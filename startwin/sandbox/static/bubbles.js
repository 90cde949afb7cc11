// A message to a list item of the log.

import { textNodes } from "./entities.js";

const FILE_ICON = "M13 3H7a2 2 0 00-2 2v14a2 2 0 002 2h10a2 2 0 002-2V9zM13 3v6h6";
// Wide enough for a bubble on a screen with two pixels a point.
const BUBBLE_PIXELS = 640;

export function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function fileUrl(fileId) {
  return `/chat/files/${encodeURIComponent(fileId)}`;
}

export function sizeInWords(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A `Message` object as a list item. `act` offers showPhoto, sendCommand and findMessage. */
export function messageItem(message, act) {
  const bubble = element("div", "bubble");
  const item = element("li", "message", bubble);
  item.dataset.messageId = message.message_id;
  item.classList.toggle("mine", !message.from.is_bot);
  if (message.reply_to_message) bubble.append(quote(message.reply_to_message, act));
  if (message.photo) addPhoto(bubble, message, act);
  if (message.document) bubble.append(documentLink(message.document));
  const text = message.text ?? message.caption;
  const entities = message.entities ?? message.caption_entities;
  const words = text ? textNodes(text, entities, act.sendCommand) : "";
  bubble.append(body(words, message.date));
  return item;
}

/** What is on its way: a text, or a file with a caption, as a list item. */
export function pendingItem(draft) {
  const bubble = element("div", "bubble");
  const item = element("li", "message mine pending", bubble);
  if (draft.preview) addPreview(bubble, draft);
  else if (draft.file) bubble.append(documentBody(draft.file.name, draft.file.size, "div"));
  bubble.append(body(draft.text ?? "", Date.now() / 1000));
  return item;
}

export function dayItem(seconds) {
  const day = new Date(seconds * 1000);
  const options = { weekday: "long", day: "numeric", month: "long" };
  const isToday = day.toDateString() === new Date().toDateString();
  return element("li", "day", isToday ? "Today" : day.toLocaleDateString([], options));
}

/** A message in one line, for quotes and for screen readers. */
export function summary(message) {
  const text = message.text ?? message.caption;
  return text ?? (message.photo ? "Photo" : (message.document?.file_name ?? "Message"));
}

/** The words, with the time in their last line where there is room. */
function body(words, seconds) {
  const node = element("div", "body", time(seconds));
  if (words) node.prepend(element("div", "words", words));
  return node;
}

function time(seconds) {
  const date = new Date(seconds * 1000);
  const node = element("time", "when", date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  node.dateTime = date.toISOString();
  return node;
}

function addPhoto(bubble, message, act) {
  const largest = message.photo.at(-1);
  const shown = message.photo.find((size) => size.width >= BUBBLE_PIXELS) ?? largest;
  const image = element("img");
  image.src = fileUrl(shown.file_id);
  image.alt = message.caption ? `Photo: ${message.caption}` : "Photo";
  setShape(image, largest.width, largest.height);
  const button = element("button", "photo", image);
  button.type = "button";
  button.title = "Show in full size";
  button.addEventListener("click", () => act.showPhoto(fileUrl(largest.file_id), message.caption ?? ""));
  bubble.append(button);
  bubble.classList.add("picture");
  bubble.classList.toggle("bare", !message.caption);
}

function addPreview(bubble, draft) {
  const image = element("img");
  image.src = draft.preview.url;
  image.alt = "Photo on its way";
  setShape(image, draft.preview.width, draft.preview.height);
  bubble.append(element("div", "photo", image));
  bubble.classList.add("picture");
  bubble.classList.toggle("bare", !draft.text);
}

function setShape(image, width, height) {
  image.style.setProperty("--w", width);
  image.style.setProperty("--h", height);
}

function quote(quoted, act) {
  const words = element("span", "", element("b", "", quoted.from.is_bot ? quoted.from.first_name : "You"), summary(quoted));
  const button = element("button", "quote", words);
  button.type = "button";
  button.title = "Go to this message";
  if (quoted.photo) {
    const image = element("img");
    image.src = fileUrl(quoted.photo[0].file_id);
    image.alt = "";
    button.prepend(image);
  }
  button.addEventListener("click", () => act.findMessage(quoted.message_id));
  return button;
}

function documentLink(file) {
  const node = documentBody(file.file_name, file.file_size, "a");
  node.href = fileUrl(file.file_id);
  node.download = file.file_name;
  return node;
}

function documentBody(name, size, tag) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", FILE_ICON);
  icon.append(path);
  return element(tag, "document", icon, element("span", "", element("b", "", name), element("small", "", sizeInWords(size))));
}
