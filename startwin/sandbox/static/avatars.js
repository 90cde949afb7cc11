// The round pictures of people, of the bot and of the group.

import { element, fileUrl } from "./elements.js";

const HUES = 5; // as many as the style sheet has

/** `who` has an id and a first_name or title, and perhaps a photo. */
export function avatar(who, kind = "person") {
  if (kind === "bot") {
    const drawn = document.querySelector("#bot-avatar").content.firstElementChild.cloneNode(true);
    drawn.classList.add("avatar");
    return drawn;
  }
  const node = element("span", "avatar");
  node.setAttribute("aria-hidden", "true");
  if (who.photo) {
    const image = element("img");
    image.src = fileUrl(who.photo);
    image.alt = "";
    node.append(image);
    return node;
  }
  node.classList.add(`hue-${hueOf(who.id)}`);
  node.append([...(who.first_name ?? who.title)][0] ?? "?");
  return node;
}

/** People's ids are positive, groups' negative: the page's own three differ. */
export function hueOf(id) {
  return (id > 0 ? id : 3) % HUES;
}
