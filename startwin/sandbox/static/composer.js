// What the person writes, picks, pastes and drops.

import { button, element } from "./elements.js";
import { say } from "./words.js";

const form = document.querySelector("#composer");
const text = document.querySelector("#text");
const send = document.querySelector("#send");
const picker = document.querySelector("#picker");
const asFile = document.querySelector("#as-file");
const list = document.querySelector("#commands");
const drop = document.querySelector("#drop");
const replying = document.querySelector("#replying");

/** Connects the composer with an outbox; `summary` puts a message into one line. */
export function connect(outbox, summary) {
  let commands = [];
  let quoted = null;

  function takeText() {
    const words = text.value.trim();
    text.value = "";
    changed();
    return words;
  }

  function changed() {
    send.disabled = text.value.trim() === "";
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
    showCommands();
  }

  function showCommands() {
    const start = text.value.toLowerCase();
    const fitting = /^\/\w*$/.test(start) ? commands.filter((c) => `/${c.command}`.startsWith(start)) : [];
    list.hidden = fitting.length === 0;
    list.replaceChildren(...fitting.map(commandItem));
  }

  function commandItem({ command, description }) {
    const choose = () => {
      takeText();
      outbox.sendText(`/${command}`);
      text.focus();
    };
    const words = [element("b", "", `/${command}`), element("span", "", description)];
    return element("li", "", button("", choose, ...words));
  }

  function sendFiles(files, untouched) {
    if (files.length > 0) outbox.sendFiles([...files], untouched, takeText());
  }

  const wantsFile = () => asFile.getAttribute("aria-pressed") === "true";

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = takeText();
    if (words) outbox.sendText(words);
  });
  text.addEventListener("input", changed);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.querySelector("#attach").addEventListener("click", () => picker.click());
  asFile.addEventListener("click", () => {
    asFile.setAttribute("aria-pressed", String(!wantsFile()));
    picker.accept = wantsFile() ? "" : "image/*";
  });
  picker.addEventListener("change", () => {
    sendFiles([...picker.files], wantsFile());
    picker.value = ""; // the same picture may be picked again
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files ?? [];
    if (files.length === 0) return;
    event.preventDefault();
    sendFiles(files, wantsFile());
  });
  connectDrop(sendFiles, wantsFile);

  function replyTo(message) {
    quoted = message;
    replying.hidden = message === null;
    if (message === null) return;
    replying.querySelector("b").textContent = `${say("Reply to")} ${message.from.first_name}`;
    replying.querySelector("small").textContent = summary(message);
    text.focus();
  }

  replying.querySelector("button").addEventListener("click", () => replyTo(null));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") replyTo(null);
  });

  return {
    replyTo,
    /** The message that is replied to, which is then no more; null for none. */
    takeReply() {
      const taken = quoted;
      replyTo(null);
      return taken;
    },
    takeCommands(fresh) {
      commands = fresh;
      showCommands();
    },
  };
}

/** The whole window takes files; while some are held over it, it says what a drop would do. */
function connectDrop(sendFiles, wantsFile) {
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const zoneAt = (event) => event.target.closest?.(".zone");
  const light = (zone) => {
    for (const each of drop.children) each.classList.toggle("over", each === zone);
  };
  const hide = () => {
    drop.hidden = true;
  };

  for (const kind of ["dragenter", "dragover"]) {
    window.addEventListener(kind, (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      drop.hidden = false;
      light(zoneAt(event));
    });
  }
  window.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) hide();
  });
  window.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    hide();
    const zone = zoneAt(event);
    sendFiles(event.dataTransfer.files, zone ? zone.dataset.as === "file" : wantsFile());
  });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}
