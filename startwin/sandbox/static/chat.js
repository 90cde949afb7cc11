// The chat page: puts what happens into the log, and shows how the bot is.

import { dayItem, element, messageItem } from "./bubbles.js";
import { connect } from "./composer.js";
import { follow } from "./news.js";
import { Outbox } from "./outbox.js";

const STATUS = {
  waiting: "waiting for the bot to start…",
  online: "online",
  offline: "not there at the moment",
};
const ACTIONS = {
  typing: "is typing",
  upload_photo: "is sending a photo",
  upload_document: "is sending a file",
  upload_video: "is sending a video",
  record_voice: "is recording",
  find_location: "is finding a place",
};
const NEAR_THE_END = 120; // pixels

const log = document.querySelector("#log");
const scroller = document.querySelector("#scroller");
const welcome = document.querySelector("#welcome");
const status = document.querySelector("#status");
const trouble = document.querySelector("#trouble");
const down = document.querySelector("#down");
const unread = document.querySelector("#unread");
const viewer = document.querySelector("#viewer");

let following = true; // the reader is at the end and stays there
let missed = 0;
let lastDay = "";
let actionTimer;

const outbox = new Outbox((item) => {
  welcome.hidden = true;
  log.append(item);
  toTheEnd();
});
const takeCommands = connect(outbox);

const act = {
  sendCommand: (command) => outbox.sendText(command),
  showPhoto(url, caption) {
    viewer.querySelector("#viewer-image").src = url;
    viewer.querySelector("#viewer-image").alt = caption || "Photo";
    viewer.querySelector("#viewer-caption").textContent = caption;
    viewer.showModal();
  },
  findMessage(id) {
    const item = log.querySelector(`[data-message-id="${id}"]`);
    if (!item) return;
    item.scrollIntoView({ block: "center" });
    item.classList.remove("found");
    void item.offsetWidth; // lets the animation begin anew
    item.classList.add("found");
  },
};

function onNews(news, restarted) {
  document.querySelector("#name").textContent = news.bot.first_name;
  if (restarted) startAnew();
  for (const { message, nonce } of news.posts) show(message, nonce);
  welcome.hidden = log.childElementCount > 0;
  takeCommands(news.commands);
  showStatus({ status: news.status, action: news.chats[0].action });
}

/** The sandbox was restarted and remembers nothing; what is still on its way stays. */
function startAnew() {
  for (const item of [...log.children]) if (!item.classList.contains("pending")) item.remove();
  lastDay = "";
  addItem(element("li", "notice", "The sandbox was restarted: a new chat begins."));
}

function show(message, nonce) {
  const item = messageItem(message, act);
  const known = log.querySelector(`[data-message-id="${message.message_id}"]`);
  if (known) {
    known.replaceWith(item);
    return;
  }
  const day = new Date(message.date * 1000).toDateString();
  if (day !== lastDay) addItem(dayItem(message.date));
  lastDay = day;
  const sent = outbox.take(nonce);
  addItem(item);
  if (sent) swap(sent, item);
  if (message.from.is_bot && !following) {
    missed += 1;
    showDown();
  }
  if (following) toTheEnd();
}

/** What is on its way stays below all that has arrived. */
function addItem(item) {
  log.insertBefore(item, log.querySelector(".pending"));
}

/** Takes the bubble that was on its way out, once the picture of the real one can be seen. */
function swap(sent, item) {
  const image = item.querySelector(".photo img");
  sent.classList.remove("pending");
  item.style.animation = "none";
  if (!image) {
    sent.remove();
    return;
  }
  item.hidden = true;
  image
    .decode()
    .catch(() => {})
    .then(() => {
      item.hidden = false;
      sent.remove();
      if (following) toTheEnd();
    });
}

function showStatus({ status: state, action }) {
  clearTimeout(actionTimer);
  const doing = action && (ACTIONS[action.name] ?? "is busy");
  status.className = doing ? "busy" : state;
  status.textContent = doing ?? STATUS[state];
  if (doing) {
    actionTimer = setTimeout(() => showStatus({ status: state, action: null }), action.seconds * 1000);
  }
}

function onTrouble(outOfReach) {
  trouble.hidden = !outOfReach;
  if (!outOfReach) return;
  trouble.textContent = "The sandbox cannot be reached. Is it still running? Trying again…";
  showStatus({ status: "offline", action: null });
}

function toTheEnd() {
  following = true;
  missed = 0;
  scroller.scrollTop = scroller.scrollHeight;
  showDown();
}

function showDown() {
  down.hidden = following;
  unread.textContent = missed > 0 ? String(missed) : "";
}

scroller.addEventListener("scroll", () => {
  following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_THE_END;
  if (following) missed = 0;
  showDown();
});
const resized = new ResizeObserver(() => {
  if (following) scroller.scrollTop = scroller.scrollHeight;
});
resized.observe(scroller);
resized.observe(log);
down.addEventListener("click", toTheEnd);
document.querySelector("#start").addEventListener("click", () => outbox.sendText("/start"));
document.querySelector("#viewer-close").addEventListener("click", () => viewer.close());
viewer.addEventListener("click", (event) => {
  if (event.target === viewer) viewer.close();
});

follow(onNews, onTrouble);
