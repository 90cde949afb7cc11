// The chat page: keeps what is known of the chats, and shows one of them.

import { summary } from "./bubbles.js";
import { connect } from "./composer.js";
import { showHead, showTrouble } from "./head.js";
import { Log } from "./log.js";
import { News } from "./news.js";
import { Outbox } from "./outbox.js";
import { connectSide } from "./side.js";
import { clearToast, pressButton, showToast } from "./toasts.js";
import { language, say, translate } from "./words.js";

const welcome = document.querySelector("#welcome");
const hello = document.querySelector("#hello-group");
const viewer = document.querySelector("#viewer");

const [wantedPerson, wantedChat] = decodeURIComponent(location.hash.slice(1)).split("/");
const state = {
  me: 0,
  people: [],
  chats: [],
  chat: 0, // the id of the one that is shown
  bot: null,
  status: "waiting", // whether the bot polls
  last: new Map(),
  unread: new Map(),
};
let type = wantedChat === "group" ? "group" : "private";
let messages = new Map(); // chat id → message id → message

const log = new Log();
const news = new News(() => ({ language: language(), ...(state.me ? { as: state.me } : {}) }));
const known = Promise.withResolvers(); // who one is
const outbox = new Outbox({
  place(draft) {
    welcome.hidden = hello.hidden = true;
    return log.showDraft(draft, view());
  },
  route: () => ({ as: state.me, chat: state.chat }),
  takeReply: () => composer.takeReply(),
  ready: known.promise,
});
const composer = connect(outbox, summary);

const act = {
  sendCommand: (command) => outbox.sendText(command),
  showPhoto(url, caption) {
    viewer.querySelector("#viewer-image").src = url;
    viewer.querySelector("#viewer-image").alt = caption || say("Photo");
    viewer.querySelector("#viewer-caption").textContent = caption;
    viewer.showModal();
  },
  findMessage: (id) => log.find(id),
  replyTo: (message) => composer.replyTo(message),
  press: (id, data) =>
    pressButton({ as: state.me, chat: state.chat, message_id: id, data, language: language() }),
};

const showSide = connectSide({ person: become, chat: open, photo: setPhoto, language: speak });

function onNews(fresh, whole, restarted) {
  if (!state.me && wantedPerson) {
    const found = fresh.people.find((person) => person.first_name.toLowerCase() === wantedPerson);
    if (found && found.id !== fresh.me) {
      state.me = found.id;
      news.again();
      return;
    }
  }
  const { me, people, chats, bot, status } = fresh;
  Object.assign(state, { me, people, chats, bot, status });
  state.chat = chatNow().id;
  known.resolve();
  composer.takeCommands(fresh.commands);
  if (whole) startAnew(restarted);
  take(fresh, whole);
  for (const { chat_id: chat, message_id: id } of fresh.deleted) forget(chat, id);
  showHead(state, chatNow());
  showSide(state);
}

function chatNow() {
  return state.chats.find((chat) => (chat.type === "private") === (type === "private"));
}

function view() {
  const personOf = (user) => state.people.find((person) => person.id === user.id) ?? user;
  return { me: state.me, isGroup: type !== "private", personOf, act };
}

/** Somebody else looks on, or the sandbox remembers nothing; what is on its way stays. */
function startAnew(restarted) {
  messages = new Map(state.chats.map((chat) => [chat.id, new Map()]));
  state.last.clear();
  state.unread.clear();
  composer.takeReply();
  clearLog();
  if (restarted) log.notice(say("The sandbox was restarted: a new chat begins."));
}

function clearLog() {
  log.clear();
  log.keep(outbox.waitingFor(state));
}

function take({ posts }, whole) {
  const sent = new Map();
  const changed = new Map();
  for (const { message, nonce } of posts) {
    const { id } = message.chat;
    const isNew = !messages.get(id).has(message.message_id);
    messages.get(id).set(message.message_id, message);
    if (isNew) state.last.set(id, message);
    if (id === state.chat) changed.set(message.media_group_id ?? message.message_id, message);
    else if (isNew && !whole && message.from.id !== state.me) count(id);
    const item = nonce && outbox.take(nonce);
    if (item) sent.set(message.media_group_id ?? message.message_id, item);
  }
  for (const [key, message] of changed) log.show(together(message), view(), sent.get(key));
  showWelcome();
}

function count(id) {
  state.unread.set(id, (state.unread.get(id) ?? 0) + 1);
}

/** The message, or all of its album. */
function together(message) {
  const { media_group_id: group } = message;
  if (!group) return [message];
  return [...messages.get(message.chat.id).values()].filter((each) => each.media_group_id === group);
}

function forget(chat, id) {
  const gone = messages.get(chat).get(id);
  if (!gone) return;
  messages.get(chat).delete(id);
  if (chat !== state.chat) return;
  const left = together(gone).filter((each) => each !== gone);
  if (left.length > 0) log.show(left, view());
  else log.remove(id);
}

function redraw() {
  clearLog();
  const drawn = new Set();
  for (const message of messages.get(state.chat)?.values() ?? []) {
    const key = message.media_group_id ?? message.message_id;
    if (!drawn.has(key)) log.show(together(message), view());
    drawn.add(key);
  }
  log.toTheEnd();
  showWelcome();
}

function showWelcome() {
  welcome.hidden = !log.empty || type !== "private";
  hello.hidden = !log.empty || type === "private";
}

function become(id) {
  state.me = id;
  remember();
  news.again();
}

function open(wanted) {
  type = wanted;
  state.chat = chatNow().id;
  state.unread.delete(state.chat);
  remember();
  composer.takeReply();
  clearToast();
  redraw();
  showHead(state, { ...chatNow(), action: null });
  showSide(state);
}

/** In the address, so that two tabs can be two people. */
function remember() {
  const me = state.people.find((person) => person.id === state.me);
  const place = `${me.first_name.toLowerCase()}${type === "private" ? "" : "/group"}`;
  history.replaceState(null, "", `#${encodeURIComponent(place).replace("%2F", "/")}`);
}

async function setPhoto(file) {
  const form = new FormData();
  form.set("as", state.me);
  if (file) form.set("file", file, file.name);
  const response = await fetch("/chat/profile-photo", { method: "POST", body: form });
  if (response.ok) return;
  const { description } = await response.json();
  showToast(description.replace(/^Bad Request: /, ""));
}

function speak() {
  translate();
  redraw();
  showSide(state);
  news.again();
}

document.querySelector("#start").addEventListener("click", () => outbox.sendText("/start"));
document.querySelector("#viewer-close").addEventListener("click", () => viewer.close());
viewer.addEventListener("click", (event) => {
  if (event.target === viewer) viewer.close();
});
translate();
news.follow(onNews, showTrouble);
