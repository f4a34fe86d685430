// Builds elements. Text only ever becomes text nodes: nothing a person or the bot wrote is markup.

/** An element with attributes, listeners (`onclick`) and children (nodes or strings). */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A round picture: initials on one of Telegram's seven colours. */
export function avatar(id, name) {
  const letters = Array.from(name.replace(/[^\p{L}\p{N} ]/gu, "").trim().split(/ +/), (w) => Array.from(w)[0] ?? "");
  const initials = (letters[0] ?? "") + (letters.length > 1 ? letters.at(-1) : "");
  return el("span", { class: `avatar tone-${Math.abs(id) % 7}`, "aria-hidden": "true" }, initials.toUpperCase());
}

export const botAvatar = () => el("img", { class: "avatar", src: "ball.svg", alt: "" });

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

export function day(seconds) {
  const then = new Date(seconds * 1000);
  if (then.toDateString() === new Date().toDateString()) return "Today";
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "long" });
}

/** Make `nodes` the children of `parent`, leaving alone those that are in their place already. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
}
