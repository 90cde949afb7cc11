// A message, or the messages of an album, to a list item of the log.

import { avatar, hueOf } from "./avatars.js";
import { button, element, fileUrl, icon } from "./elements.js";
import { textNodes } from "./entities.js";
import { keyboard } from "./keyboard.js";
import { photosOf, previewsOf } from "./pictures.js";
import { language, say } from "./words.js";

const FILE_LINE = "M13 3H7a2 2 0 00-2 2v14a2 2 0 002 2h10a2 2 0 002-2V9zM13 3v6h6";
const VOICE_LINE = "M12 3a3 3 0 00-3 3v6a3 3 0 006 0V6a3 3 0 00-3-3zM5 11a7 7 0 0014 0M12 18v3";
const REPLY_LINE = "M10 8L5 12.500l5 4.500M5.500 12.500H13c3.500 0 5.500 1.800 6 5";

/**
 * The messages (of an album, or one alone) as one list item.
 *
 * `view` says who looks on: `me` (an id), `isGroup`, `personOf(user)` and `act`, which offers
 * showPhoto, sendCommand, findMessage, replyTo and press.
 */
export function messageItem(messages, view) {
  const [message] = messages;
  const notice = serviceNotice(message);
  if (notice) return named(element("li", "notice", notice), message);
  const mine = message.from.id === view.me;
  const bubble = element("div", "bubble");
  const column = element("div", "column", bubble);
  const item = named(element("li", mine ? "message mine" : "message", column), message);
  if (view.isGroup && !mine) {
    item.prepend(avatar(view.personOf(message.from), message.from.is_bot ? "bot" : "person"));
    const ink = message.from.is_bot ? "bot" : hueOf(message.from.id);
    bubble.append(element("b", `sender ink-${ink}`, message.from.first_name));
  }
  if (message.forward_origin) bubble.append(forwardLine(message));
  if (message.reply_to_message) bubble.append(quote(message.reply_to_message, view));
  fill(bubble, messages, view.act);
  column.classList.toggle("pictured", bubble.classList.contains("picture"));
  if (message.reply_markup) {
    column.append(keyboard(message.reply_markup, (data) => view.act.press(message.message_id, data)));
  }
  item.append(replyButton(message, view.act));
  return item;
}

/** What is on its way: a text, or files with a caption, as a list item. */
export function pendingItem(draft, view) {
  const bubble = element("div", "bubble");
  const column = element("div", "column", bubble);
  const item = element("li", "message mine pending", column);
  if (draft.replyTo) bubble.append(quote(draft.replyTo, view));
  const previews = (draft.previews ?? []).filter(Boolean);
  if (previews.length > 0) {
    bubble.append(previewsOf(previews));
    bubble.classList.add("picture");
    bubble.classList.toggle("bare", !draft.text);
    column.classList.add("pictured");
  }
  (draft.files ?? []).forEach((file, number) => {
    if (!draft.previews[number]) bubble.append(fileBody(file.name, sizeInWords(file.size), "div", FILE_LINE));
  });
  bubble.append(body(draft.text ?? "", { date: Date.now() / 1000 }));
  return item;
}

export function dayItem(seconds) {
  const day = new Date(seconds * 1000);
  const options = { weekday: "long", day: "numeric", month: "long" };
  const isToday = day.toDateString() === new Date().toDateString();
  return element("li", "day", isToday ? say("Today") : day.toLocaleDateString(language(), options));
}

/** A message in one line, for quotes and the list of chats. */
export function summary(message) {
  const words = message.text ?? message.caption ?? serviceNotice(message);
  if (words) return words;
  if (message.photo) return say(message.media_group_id ? "Album" : "Photo");
  if (message.sticker) return `${message.sticker.emoji ?? ""} ${say("Sticker")}`.trim();
  if (message.voice) return say("Voice message");
  return message.document?.file_name ?? say("Message");
}

function named(item, message) {
  item.dataset.messageId = message.message_id;
  item.dataset.from = message.from.id;
  if (message.media_group_id) item.dataset.group = message.media_group_id;
  return item;
}

function serviceNotice(message) {
  if (message.left_chat_member) return `${message.left_chat_member.first_name} ${say("left the group")}`;
  if (message.new_chat_members) return `${message.new_chat_members[0].first_name} ${say("joined the group")}`;
  return null;
}

function fill(bubble, messages, act) {
  const worded = messages.find((message) => message.text ?? message.caption);
  const photos = messages.filter((message) => message.photo);
  if (photos.length > 0) {
    bubble.append(photosOf(photos, act.showPhoto));
    bubble.classList.add("picture");
    bubble.classList.toggle("bare", !worded);
  }
  for (const message of messages) {
    if (message.document) bubble.append(fileLink(message.document));
    if (message.voice) bubble.append(voiceBody(message.voice));
    if (message.sticker) bubble.append(element("div", "sticker", message.sticker.emoji ?? "★"));
  }
  const text = worded?.text ?? worded?.caption;
  const entities = worded?.entities ?? worded?.caption_entities;
  bubble.append(body(text ? textNodes(text, entities, act.sendCommand) : "", messages.at(-1)));
}

/** The words, with the time in their last line where there is room. */
function body(words, { date, edit_date: edited }) {
  const node = element("div", "body", time(date, edited));
  if (words) node.prepend(element("div", "words", words));
  return node;
}

function time(seconds, edited) {
  const date = new Date(seconds * 1000);
  const shown = date.toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit" });
  const node = element("time", "when", edited ? `${say("edited")} ${shown}` : shown);
  node.dateTime = date.toISOString();
  return node;
}

function forwardLine(message) {
  const origin = message.forward_origin;
  const author = origin.sender_user?.first_name ?? origin.sender_user_name;
  return element("span", "forward", `${say("Forwarded from")} `, element("b", "", author));
}

function quote(quoted, view) {
  const author = quoted.from.id === view.me ? say("You") : quoted.from.first_name;
  const words = element("span", "", element("b", "", author), summary(quoted));
  const node = button("quote", () => view.act.findMessage(quoted.message_id), words);
  node.title = say("Go to this message");
  if (quoted.photo) {
    const image = element("img");
    image.src = fileUrl(quoted.photo[0].file_id);
    image.alt = "";
    node.prepend(image);
  }
  return node;
}

function replyButton(message, act) {
  const node = button("reply", () => act.replyTo(message), icon(REPLY_LINE));
  node.title = say("Reply");
  node.setAttribute("aria-label", say("Reply"));
  return node;
}

function fileLink(file) {
  const node = fileBody(file.file_name, sizeInWords(file.file_size), "a", FILE_LINE);
  node.href = fileUrl(file.file_id);
  node.download = file.file_name;
  return node;
}

function voiceBody(voice) {
  const seconds = String(voice.duration % 60).padStart(2, "0");
  return fileBody(say("Voice message"), `${Math.floor(voice.duration / 60)}:${seconds}`, "div", VOICE_LINE);
}

function fileBody(name, note, tag, line) {
  const words = element("span", "", element("b", "", name), element("small", "", note));
  return element(tag, "document", icon(line), words);
}

function sizeInWords(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
