// What the person sends, one after the other and in order; what fails stays and can be sent again.

import { element, pendingItem } from "./bubbles.js";

const MAX_BYTES = 50e6;
const MAX_CAPTION = 1024;

export class Outbox {
  #chain = Promise.resolve();
  #waiting = new Map(); // nonce → {item, draft}
  #place;

  /** `place` puts a new item at the end of the log. */
  constructor(place) {
    this.#place = place;
  }

  sendText(text) {
    this.#add({ text });
  }

  /** Sends the files in order; the words go with the first, or before it where they are too long. */
  async sendFiles(files, asFile, text = "") {
    let caption = text;
    if (caption.length > MAX_CAPTION) {
      this.sendText(caption);
      caption = "";
    }
    for (const file of files) {
      const preview = asFile ? null : await previewOf(file);
      this.#add({ file, asFile, text: caption, preview });
      caption = "";
    }
  }

  /** The item of the message with this nonce, which has now come back, or null. */
  take(nonce) {
    const sent = this.#waiting.get(nonce);
    if (!sent) return null;
    this.#waiting.delete(nonce);
    // Kept for a moment: the picture is on the screen until the real one is decoded.
    if (sent.draft.preview) setTimeout(() => URL.revokeObjectURL(sent.draft.preview.url), 5000);
    return sent.item;
  }

  #add(draft) {
    const nonce = [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join("");
    const item = pendingItem(draft);
    this.#waiting.set(nonce, { item, draft });
    this.#place(item);
    this.#queue(nonce, draft, item);
  }

  #queue(nonce, draft, item) {
    this.#chain = this.#chain.then(async () => {
      const complaint = await post(nonce, draft);
      if (complaint) this.#fail(nonce, draft, item, complaint);
    });
  }

  #fail(nonce, draft, item, complaint) {
    item.classList.add("failed");
    const again = element("button", "", "Try again");
    const drop = element("button", "", "Remove");
    again.type = drop.type = "button";
    const note = element("div", "failure", complaint, again, drop);
    note.setAttribute("role", "alert");
    item.querySelector(".bubble").append(note);
    again.addEventListener("click", () => {
      note.remove();
      item.classList.remove("failed");
      this.#queue(nonce, draft, item);
    });
    drop.addEventListener("click", () => {
      this.#waiting.delete(nonce);
      item.remove();
    });
  }
}

/** Sends one message; returns null, or a sentence about what went wrong. */
async function post(nonce, draft) {
  if (draft.file?.size > MAX_BYTES) return "This file is over 50 MB, which is too big for Telegram.";
  if (draft.file?.size === 0) return "This file is empty.";
  const form = new FormData();
  form.set("nonce", nonce);
  form.set("text", draft.text ?? "");
  if (draft.file) {
    form.set("as_file", draft.asFile ? "true" : "false");
    form.set("file", draft.file, draft.file.name);
  }
  try {
    const response = await fetch("/chat/messages", { method: "POST", body: form });
    if (response.ok) return null;
    if (response.status === 413) return "This file is too big for Telegram.";
    const body = await response.json().catch(() => ({}));
    return (body.description ?? `The sandbox answered ${response.status}.`).replace(/^Bad Request: /, "");
  } catch {
    return "Not sent: the sandbox cannot be reached.";
  }
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
