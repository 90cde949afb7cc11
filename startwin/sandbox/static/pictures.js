// Photos in a message: one in its shape, or several as the tiles of an album.

import { button, element, fileUrl } from "./elements.js";
import { say } from "./words.js";

// Wide enough for a bubble on a screen with two pixels a point.
const BUBBLE_PIXELS = 640;

/** The photos of these messages; `showPhoto` is called with an address and a caption. */
export function photosOf(messages, showPhoto) {
  return arranged(messages.map((message) => photo(message, showPhoto)));
}

/** The pictures of a draft, each {url, width, height}. */
export function previewsOf(previews) {
  return arranged(
    previews.map(({ url, width, height }) => {
      const node = element("div", "photo", image(url, say("Photo on its way")));
      return { node, width, height };
    }),
  );
}

function arranged(photos) {
  if (photos.length === 1) {
    const [{ node, width, height }] = photos;
    setShape(node.firstChild, width, height);
    return node;
  }
  const spans = spansFor(photos.length);
  photos.forEach(({ node }, number) => node.classList.add(`span-${spans[number]}`));
  return element("div", "tiles", ...photos.map(({ node }) => node));
}

/** How many sixths of the width each of n tiles takes: rows of two and three, one wide of three. */
function spansFor(n) {
  if (n === 3) return [6, 3, 3];
  const pairs = [0, 2, 1][n % 3];
  return Array.from({ length: n }, (_, number) => (number < pairs * 2 ? 3 : 2));
}

function photo(message, showPhoto) {
  const largest = message.photo.at(-1);
  const shown = message.photo.find((size) => size.width >= BUBBLE_PIXELS) ?? largest;
  const alt = message.caption ? `${say("Photo")}: ${message.caption}` : say("Photo");
  const url = fileUrl(largest.file_id);
  const node = button("photo", () => showPhoto(url, message.caption ?? ""), image(fileUrl(shown.file_id), alt));
  node.title = say("Show in full size");
  node.dataset.messageId = message.message_id;
  return { node, width: largest.width, height: largest.height };
}

function image(url, alt) {
  const node = element("img");
  node.src = url;
  node.alt = alt;
  node.draggable = false;
  return node;
}

function setShape(node, width, height) {
  node.style.setProperty("--w", width);
  node.style.setProperty("--h", height);
}
