// What the person sends, one after the other and in order; what fails stays and can be sent again.

import { button, element } from "./elements.js";
import { language, say } from "./words.js";

const MAX_BYTES = 50e6;
const MAX_ALBUM = 10;
const MAX_CAPTION = 1024;

export class Outbox {
  #chain;
  #waiting = new Map(); // nonce → {item, draft}
  #on;

  /**
   * `on` offers place(draft), which puts it at the end of the log and returns its item; route(),
   * who sends now and where to: {as, chat}; takeReply(), the message that is replied to; and
   * ready, a promise that this is known.
   */
  constructor(on) {
    this.#on = on;
    this.#chain = on.ready;
  }

  sendText(text) {
    this.#add({ text, replyTo: this.#on.takeReply(), ...this.#on.route() });
  }

  /** Sends the files as albums of up to ten; the words go with the first, or before it if too long. */
  async sendFiles(files, asFile, text = "") {
    const from = { replyTo: this.#on.takeReply(), ...this.#on.route() };
    let caption = text;
    if (caption.length > MAX_CAPTION) {
      this.#add({ text: caption, ...from });
      caption = "";
    }
    for (let start = 0; start < files.length; start += MAX_ALBUM) {
      const some = files.slice(start, start + MAX_ALBUM);
      const previews = await Promise.all(some.map((file) => (asFile ? null : previewOf(file))));
      this.#add({ files: some, previews, asFile, text: caption, ...from });
      caption = "";
    }
  }

  /** The item of the message with this nonce, which has now come back, or null. */
  take(nonce) {
    const sent = this.#waiting.get(nonce);
    if (!sent) return null;
    this.#waiting.delete(nonce);
    // Kept for a moment: the picture is on the screen until the real one is decoded.
    const previews = (sent.draft.previews ?? []).filter(Boolean);
    setTimeout(() => previews.forEach((preview) => URL.revokeObjectURL(preview.url)), 5000);
    return sent.item;
  }

  /** The items still on their way, or not sent, from this person to this chat. */
  waitingFor({ me, chat }) {
    const drafts = [...this.#waiting.values()];
    const theirs = ({ draft }) => !draft.as || (draft.as === me && draft.chat === chat);
    return drafts.filter(theirs).map(({ item }) => item);
  }

  #add(draft) {
    const nonce = [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join("");
    const item = this.#on.place(draft);
    this.#waiting.set(nonce, { item, draft });
    this.#queue(nonce, draft, item);
  }

  #queue(nonce, draft, item) {
    this.#chain = this.#chain.then(async () => {
      if (!draft.as) Object.assign(draft, this.#on.route()); // begun before the page knew
      const complaint = await post(nonce, draft);
      if (complaint) this.#fail(nonce, draft, item, complaint);
    });
  }

  #fail(nonce, draft, item, complaint) {
    item.classList.add("failed");
    const again = () => {
      note.remove();
      item.classList.remove("failed");
      this.#queue(nonce, draft, item);
    };
    const drop = () => {
      this.#waiting.delete(nonce);
      item.remove();
    };
    const choices = [button("", again, say("Try again")), button("", drop, say("Remove"))];
    const note = element("div", "failure", complaint, ...choices);
    note.setAttribute("role", "alert");
    item.querySelector(".bubble").append(note);
  }
}

/** Sends one draft; returns null, or a sentence about what went wrong. */
async function post(nonce, draft) {
  const files = draft.files ?? [];
  if (files.some((file) => file.size > MAX_BYTES)) {
    return say("This file is over 50 MB, which is too big for Telegram.");
  }
  if (files.some((file) => file.size === 0)) return say("This file is empty.");
  try {
    const response = await fetch("/chat/messages", { method: "POST", body: formOf(nonce, draft) });
    if (response.ok) return null;
    if (response.status === 413) return say("This file is too big for Telegram.");
    const body = await response.json().catch(() => ({}));
    return (body.description ?? `The sandbox answered ${response.status}.`).replace(/^Bad Request: /, "");
  } catch {
    return say("Not sent: the sandbox cannot be reached.");
  }
}

function formOf(nonce, { as, chat, replyTo, text, files, asFile }) {
  const form = new FormData();
  form.set("nonce", nonce);
  form.set("as", as);
  form.set("chat", chat);
  form.set("language", language());
  form.set("text", text ?? "");
  if (replyTo) form.set("reply_to", replyTo.message_id);
  if (files) form.set("as_file", asFile ? "true" : "false");
  for (const file of files ?? []) form.append("file", file, file.name);
  return form;
}

/** What the browser can show of a picture at once; null for what it cannot decode. */
async function previewOf(file) {
  if (!file.type.startsWith("image/")) return null;
  const url = URL.createObjectURL(file);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { url, width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    URL.revokeObjectURL(url);
    return null;
  }
}
