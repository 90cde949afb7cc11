// The list of messages on the screen: adds, exchanges and removes items without a jump.

import { dayItem, messageItem, pendingItem } from "./bubbles.js";
import { element } from "./elements.js";

const NEAR_THE_END = 120; // pixels

const list = document.querySelector("#log");
const scroller = document.querySelector("#scroller");
const down = document.querySelector("#down");
const unread = document.querySelector("#unread");

export class Log {
  #following = true; // the reader is at the end and stays there
  #missed = 0;
  #lastDay = "";
  #coming = new WeakMap(); // an item that is shown → the one that takes its place

  constructor() {
    scroller.addEventListener("scroll", () => {
      this.#following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_THE_END;
      if (this.#following) this.#missed = 0;
      this.#showDown();
    });
    const resized = new ResizeObserver(() => this.#stay());
    resized.observe(scroller);
    resized.observe(list);
    down.addEventListener("click", () => this.toTheEnd());
  }

  get empty() {
    return list.childElementCount === 0;
  }

  clear() {
    list.replaceChildren();
    this.#lastDay = "";
    this.toTheEnd();
  }

  /** Shows a message or an album for the first time or anew; `sent` is the draft it was. */
  show(messages, view, sent) {
    const item = messageItem(messages, view);
    const [{ media_group_id: group, message_id: id, date, from }] = messages;
    const known = list.querySelector(group ? `[data-group="${group}"]` : `li[data-message-id="${id}"]`);
    if (known) {
      this.#exchange(known, item);
      return;
    }
    const day = new Date(date * 1000).toDateString();
    if (day !== this.#lastDay) this.#add(dayItem(date));
    this.#lastDay = day;
    this.#add(item);
    if (sent) this.#swap(sent, item);
    if (from.is_bot && !this.#following) this.#missed += 1;
    this.#showDown();
    this.#stay();
  }

  showDraft(draft, view) {
    const item = pendingItem(draft, view);
    list.append(item);
    this.toTheEnd();
    return item;
  }

  keep(items) {
    list.append(...items);
    this.toTheEnd();
  }

  notice(words) {
    this.#add(element("li", "notice", words));
  }

  remove(id) {
    list.querySelector(`li[data-message-id="${id}"]`)?.remove();
  }

  find(id) {
    const item = list.querySelector(`[data-message-id="${id}"]`)?.closest("li");
    if (!item) return;
    item.scrollIntoView({ block: "center" });
    item.classList.remove("found");
    void item.offsetWidth; // lets the animation begin anew
    item.classList.add("found");
  }

  toTheEnd() {
    this.#following = true;
    this.#missed = 0;
    this.#stay();
    this.#showDown();
  }

  #stay() {
    if (this.#following) scroller.scrollTop = scroller.scrollHeight;
  }

  #showDown() {
    down.hidden = this.#following;
    unread.textContent = this.#missed > 0 ? String(this.#missed) : "";
  }

  /** What is on its way stays below all that has arrived. */
  #add(item) {
    const next = list.querySelector(".pending");
    let last = next ? next.previousElementSibling : list.lastElementChild;
    while (last?.classList.contains("sent")) last = last.previousElementSibling; // soon gone
    item.classList.toggle("same", Boolean(item.dataset.from) && last?.dataset.from === item.dataset.from);
    list.insertBefore(item, next);
  }

  /** Puts an item in another's place once its pictures can be seen; the last of several wins. */
  async #exchange(known, item) {
    this.#coming.set(known, item);
    await decoded(item);
    if (this.#coming.get(known) !== item) return;
    item.classList.add("still");
    item.classList.toggle("same", known.classList.contains("same"));
    const focused = focusable(known).indexOf(document.activeElement);
    known.replaceWith(item);
    focusable(item)[focused]?.focus({ preventScroll: true });
    this.#stay();
  }

  /** Takes the bubble that was on its way out, once the pictures of the real one can be seen. */
  async #swap(sent, item) {
    sent.classList.remove("pending");
    sent.classList.add("sent");
    item.classList.add("still");
    item.hidden = true;
    await decoded(item);
    item.hidden = false;
    sent.remove();
    this.#stay();
  }
}

function focusable(item) {
  return [...item.querySelectorAll("button, a[href]")];
}

function decoded(item) {
  const images = [...item.querySelectorAll(".photo img")];
  return Promise.all(images.map((image) => image.decode().catch(() => {})));
}
