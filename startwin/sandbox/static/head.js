// The bar above the messages: which chat it is, what the bot does, and who one is.

import { avatar } from "./avatars.js";
import { element } from "./elements.js";
import { say } from "./words.js";

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

const status = document.querySelector("#status");
const trouble = document.querySelector("#trouble");
let actionTimer;

/** Shows the chat; in a group the members stand where the bot's presence is in a private chat. */
export function showHead({ people, me, bot, status: botStatus }, chat) {
  const isPrivate = chat.type === "private";
  document.querySelector("#name").textContent = chat.title;
  document.querySelector("#face").replaceChildren(avatar(chat, isPrivate ? "bot" : "person"));
  const person = people.find((each) => each.id === me);
  const myself = document.querySelector("#myself");
  myself.replaceChildren(avatar(person), element("span", "", person.first_name));
  myself.title = `${say("You are")}: ${person.first_name}`;
  const members = [...people, bot].map((each) => each.first_name).join(", ");
  const resting = isPrivate || botStatus !== "online" ? say(STATUS[botStatus]) : members;
  showStatus(botStatus, resting, chat.action, isPrivate ? "" : `${bot.first_name} `);
}

function showStatus(botStatus, resting, action, who) {
  clearTimeout(actionTimer);
  status.className = action ? "busy" : botStatus;
  status.textContent = action ? who + say(ACTIONS[action.name] ?? "is busy") : resting;
  if (!action) return;
  actionTimer = setTimeout(() => showStatus(botStatus, resting, null, who), action.seconds * 1000);
}

export function showTrouble(outOfReach) {
  trouble.hidden = !outOfReach;
  if (!outOfReach) return;
  trouble.textContent = say("The sandbox cannot be reached. Is it still running? Trying again…");
  showStatus("offline", say(STATUS.offline), null, "");
}
