// A message's text with its entities, as nodes. Offsets are UTF-16 units, as JavaScript's are.
import { el } from "./dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/** Nodes for `text`; `follow(url)` opens a link, `command(text)` sends a bot command. */
export function richText(text, entities = [], { follow, command }) {
  return part(text, 0, text.length, inOrder(entities), { follow, command });
}

const inOrder = (entities) =>
  [...entities].sort((one, other) => one.offset - other.offset || other.length - one.length);

function part(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  while (entities.length) {
    const entity = entities.shift();
    const left = Math.max(entity.offset, at);
    const right = Math.min(entity.offset + entity.length, end);
    if (right <= left) continue;
    const inner = entities.filter((other) => other.offset < right);
    entities = entities.filter((other) => other.offset >= right);
    const isBlock = BLOCKS.has(entity.type);
    const before = text.slice(at, left);
    // A block begins and ends a line by itself: the line breaks beside it would leave gaps.
    if (before) nodes.push(isBlock ? before.replace(/\n$/, "") : before);
    nodes.push(marked(entity, part(text, left, right, inner, actions), text.slice(left, right), actions));
    at = isBlock && text[right] === "\n" ? right + 1 : right;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function marked(entity, children, source, { follow, command }) {
  const link = (url) =>
    el("a", { href: url, rel: "noopener noreferrer", onclick: (event) => { event.preventDefault(); follow(url); } }, ...children);
  switch (entity.type) {
    case "text_link":
      return isWeb(entity.url) ? link(entity.url) : el("span", {}, ...children);
    case "url":
      return link(source.startsWith("t.me/") ? `https://${source}` : source);
    case "bot_command":
      return el("button", { type: "button", class: "inline-command", onclick: () => command(source) }, ...children);
    case "pre":
      return el("pre", {}, el("code", { "data-language": entity.language ?? null }, ...children));
    case "spoiler":
      return el("span", { class: "spoiler", onclick: (event) => event.currentTarget.classList.add("seen") }, ...children);
    case "mention":
    case "hashtag":
      return el("span", { class: "mention" }, ...children);
    default:
      return el(TAGS[entity.type] ?? "span", {}, ...children);
  }
}

export const isWeb = (url) => /^(https?|tg):\/\/|^t\.me\//.test(url ?? "");
