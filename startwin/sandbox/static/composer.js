// What the person writes, picks, pastes and drops.

import { element } from "./bubbles.js";

const form = document.querySelector("#composer");
const text = document.querySelector("#text");
const send = document.querySelector("#send");
const picker = document.querySelector("#picker");
const asFile = document.querySelector("#as-file");
const list = document.querySelector("#commands");
const drop = document.querySelector("#drop");

/** Connects the composer with an outbox; returns a function that takes the bot's commands. */
export function connect(outbox) {
  let commands = [];

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
    const button = element("button", "", element("b", "", `/${command}`), element("span", "", description));
    button.type = "button";
    button.addEventListener("click", () => {
      takeText();
      outbox.sendText(`/${command}`);
      text.focus();
    });
    return element("li", "", button);
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

  return (fresh) => {
    commands = fresh;
    showCommands();
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
