// What the bot says to who pressed a button: a fleeting note, or a dialog to be closed.

import { element } from "./elements.js";
import { say } from "./words.js";

const SECONDS = 4;
const place = document.querySelector("#toasts");
const dialog = document.querySelector("#alert");

export function showToast(text) {
  const note = element("p", "toast", text);
  place.replaceChildren(note);
  setTimeout(() => note.remove(), SECONDS * 1000);
}

export function clearToast() {
  place.replaceChildren();
}

export function showAlert(text) {
  dialog.querySelector("p").textContent = text;
  dialog.showModal();
}

/** Presses a button of the bot and shows what it answers. */
export async function pressButton(fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  try {
    const response = await fetch("/chat/presses", { method: "POST", body: form });
    const answer = await response.json();
    if (!response.ok || !answer.answered) showToast(say("The bot did not answer."));
    else if (answer.alert && answer.text) showAlert(answer.text);
    else if (answer.text) showToast(answer.text);
  } catch {
    showToast(say("The bot did not answer."));
  }
}

dialog.querySelector("button").addEventListener("click", () => dialog.close());
