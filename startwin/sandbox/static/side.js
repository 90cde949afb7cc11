// The side of the page: who one is, the chats, and the settings.

import { avatar } from "./avatars.js";
import { summary } from "./bubbles.js";
import { button, element } from "./elements.js";
import { chosenLanguage, say } from "./words.js";

const side = document.querySelector("#side");
const behind = document.querySelectorAll(".bar, .scroller, .foot");
const narrow = window.matchMedia("(max-width: 56rem)"); // as in side.css
const scrim = document.querySelector("#scrim");
const opener = document.querySelector("#menu");
const people = document.querySelector("#people");
const chats = document.querySelector("#chats");
const picker = document.querySelector("#profile-picker");
const remove = document.querySelector("#profile-remove");
const languages = document.querySelector("#language");
const themes = document.querySelector("#theme");

/** `on` offers person(id), chat(type), photo(file or null) and language(). */
export function connectSide(on) {
  const set = (open) => {
    if (open === side.classList.contains("open")) return;
    side.classList.toggle("open", open);
    scrim.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    for (const each of behind) each.inert = open;
    (open ? side.querySelector("button") : opener).focus({ preventScroll: true });
  };
  opener.addEventListener("click", () => set(true));
  scrim.addEventListener("click", () => set(false));
  document.querySelector("#menu-close").addEventListener("click", () => set(false));
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") set(false);
  });
  narrow.addEventListener("change", () => set(false));
  document.querySelector("#profile-pick").addEventListener("click", () => picker.click());
  picker.addEventListener("change", () => {
    if (picker.files.length > 0) on.photo(picker.files[0]);
    picker.value = "";
  });
  remove.addEventListener("click", () => on.photo(null));
  languages.value = chosenLanguage();
  languages.addEventListener("change", () => {
    localStorage.setItem("language", languages.value);
    on.language();
  });
  themes.value = document.documentElement.dataset.theme ?? "";
  themes.addEventListener("change", () => {
    localStorage.setItem("theme", themes.value);
    if (themes.value) document.documentElement.dataset.theme = themes.value;
    else delete document.documentElement.dataset.theme;
  });

  return (state) => {
    showPeople(state, on);
    showChats(state, (type) => {
      set(false);
      on.chat(type);
    });
  };
}

function showPeople({ me, people: all }, on) {
  const focused = [...people.children].indexOf(document.activeElement);
  people.replaceChildren(
    ...all.map((person) => {
      const node = button("person", () => on.person(person.id), avatar(person), person.first_name);
      node.setAttribute("aria-pressed", String(person.id === me));
      return node;
    }),
  );
  people.children[focused]?.focus();
  remove.hidden = !all.find((person) => person.id === me)?.photo;
}

/** `last` and `unread` are by the chat's id. */
function showChats({ chats: all, chat, last, unread }, choose) {
  const focused = [...chats.children].findIndex((item) => item.contains(document.activeElement));
  chats.replaceChildren(
    ...all.map((each) => {
      const message = last.get(each.id);
      const words = message ? summary(message) : say("No messages yet");
      const node = button(
        "entry",
        () => choose(each.type),
        avatar(each, each.type === "private" ? "bot" : "person"),
        element("span", "", element("b", "", each.title), element("small", "", words)),
      );
      const count = unread.get(each.id) ?? 0;
      if (count > 0) node.append(element("span", "count", String(count)));
      if (each.id === chat) node.setAttribute("aria-current", "true");
      return element("li", "", node);
    }),
  );
  chats.children[focused]?.firstElementChild.focus();
}
