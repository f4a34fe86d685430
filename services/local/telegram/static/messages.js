// Bubbles: what was written, photographed or shared, with the inline keyboard under it.
import { avatar, botAvatar, clock, day, el, icon } from "./dom.js";
import { richText } from "./text.js";

/** One line about a message, for lists and quotes. */
export function snippet(message) {
  if (!message) return "";
  if (message.photo) return message.caption ? `🖼 ${message.caption}` : "🖼 Photo";
  if (message.document) return `📄 ${message.document.file_name}`;
  if (message.contact) return `👤 ${message.contact.first_name}`;
  return message.text ?? "";
}

const nameOf = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");

const drawn = new Map();

/**
 * All messages of a chat as list items, with days between and runs of one sender joined. What has
 * not changed since the last call is the same node again, so that nothing loses focus or blinks.
 */
export function bubbles(messages, context) {
  const items = [];
  const kept = new Map();
  const keep = (key, make) => {
    const item = drawn.get(key) ?? make();
    kept.set(key, item);
    items.push(item);
  };
  messages.forEach((message, index) => {
    const previous = messages[index - 1];
    const next = messages[index + 1];
    const newDay = !previous || day(previous.date) !== day(message.date);
    if (newDay) keep(`${message.chat.id} ${day(message.date)}`, () => dayLine(message.date));
    const first = newDay || previous.from.id !== message.from.id;
    const last = !next || next.from.id !== message.from.id || day(next.date) !== day(message.date);
    const waiting = [...context.waiting].filter((key) => key.startsWith(`${message.message_id}:`));
    const key = JSON.stringify([message, context.person, first, last, waiting]);
    keep(key, () => bubble(message, { ...context, first, last }));
  });
  drawn.clear();
  kept.forEach((item, key) => drawn.set(key, item));
  return items;
}

const dayLine = (date) => el("li", { class: "day" }, el("span", {}, day(date)));

function bubble(message, context) {
  const own = message.from.id === context.person;
  const group = message.chat.type !== "private";
  const shape = [own ? "out" : "in", context.first && "first", context.last && "last"];
  const body = el("div", { class: "bubble", dir: "auto" },
    group && !own && context.first ? sender(message.from) : null,
    message.reply_to_message ? quote(message.reply_to_message) : null,
    ...content(message, context),
    meta(message));
  const keyboard = message.reply_markup?.inline_keyboard;
  const column = el("div", { class: "column" }, body, keyboard ? inlineKeyboard(message, keyboard, context) : null);
  return el("li", {
    class: ["message", ...shape.filter(Boolean), message.photo ? "pictured" : ""].join(" "),
    "data-message": message.message_id,
    "data-from": message.from.is_bot ? "bot" : message.from.id,
  }, group && !own ? picture(message.from, context.last) : null, column);
}

function picture(user, shown) {
  if (!shown) return el("span", { class: "avatar none" });
  return user.is_bot ? botAvatar() : avatar(user.id, nameOf(user));
}

const sender = (user) =>
  el("div", { class: `sender tint-${Math.abs(user.id) % 7}` }, el("bdi", {}, nameOf(user)));

const quote = (message) =>
  el("div", { class: "quote" }, el("b", {}, el("bdi", {}, nameOf(message.from))), el("span", {}, snippet(message)));

function content(message, context) {
  if (message.photo) return [photo(message), ...caption(message, context)];
  if (message.document) return [file(message.document), ...caption(message, context)];
  if (message.contact) return [card(message.contact)];
  return [el("div", { class: "text" }, ...richText(message.text ?? "", message.entities, context))];
}

function photo(message) {
  const size = message.photo.at(-1);
  return el("img", {
    class: "photo", src: `/local/files/${size.file_id}`, alt: message.caption ?? "Photo",
    width: size.width, height: size.height,
  });
}

function file(document) {
  const link = { href: `/local/files/${document.file_id}`, download: document.file_name };
  return el("div", { class: "text" }, "📄 ", el("a", link, el("bdi", {}, document.file_name)));
}

const caption = (message, context) =>
  message.caption ? [el("div", { class: "text" }, ...richText(message.caption, message.caption_entities, context))] : [];

function card(contact) {
  const name = nameOf(contact);
  return el("div", { class: "contact" }, avatar(contact.user_id ?? 0, name),
    el("div", {}, el("b", {}, el("bdi", {}, name)), el("span", {}, contact.phone_number)));
}

function meta(message) {
  const edited = message.edit_date ? "edited " : "";
  return el("span", { class: "meta" }, `${edited}${clock(message.date)}`);
}

function inlineKeyboard(message, rows, context) {
  return el("div", { class: "inline", role: "group", "aria-label": "Buttons" },
    ...rows.map((row) => el("div", { class: "row" }, ...row.map((button) => inlineButton(message, button, context)))));
}

function inlineButton(message, button, context) {
  const corner = button.url ? icon("out") : button.copy_text ? icon("copy") : null;
  const key = `${message.message_id}:${button.callback_data}`;
  return el("button", {
    type: "button",
    class: [button.style ?? "", context.waiting.has(key) ? "waiting" : ""].join(" ").trim() || null,
    "data-callback": button.callback_data ?? null,
    "data-url": button.url ?? null,
    "aria-busy": context.waiting.has(key) ? "true" : null,
    onclick: () => context.press(message, button),
  }, el("span", { dir: "auto" }, button.text), corner);
}
