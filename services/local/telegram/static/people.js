// The list of people on the left, and the switch between a person's chats.
import { avatar, clock, el } from "./dom.js";
import { snippet } from "./messages.js";

/** One row per person: who he is, what was said last, how much is unread. */
export function peopleRows(people, current, pick) {
  return people.map((person) => {
    const [own] = person.chats;
    const badge = own.unread ? el("span", { class: "badge", "aria-label": `${own.unread} unread` }, String(own.unread)) : null;
    const button = el("button", {
      type: "button", class: "person", "data-person": person.id,
      "aria-current": person.id === current ? "true" : null,
      onclick: () => pick(person.id),
    }, avatar(person.id, person.name), el("span", { class: "who" },
      el("span", { class: "line" }, el("b", {}, el("bdi", {}, person.name)), marks(person),
        el("time", {}, own.last ? clock(own.last.date) : "")),
      el("span", { class: "line" }, el("span", { class: "words", dir: "auto" }, lastWords(person, own.last)), badge)));
    return el("li", {}, button);
  });
}

function marks(person) {
  return el("span", { class: "marks" },
    person.organiser ? el("span", { class: "mark organiser" }, "admin") : null,
    el("span", { class: "mark" }, person.language_code ?? "–"),
    person.blocked ? el("span", { class: "mark stopped" }, "blocked") : null);
}

function lastWords(person, last) {
  if (!last) return person.started ? "" : "Has not started the bot";
  const own = last.from.id === person.id;
  return (own ? "You: " : "") + snippet(last);
}

/** The bot's chat and the groups, as one segmented switch. */
export function chatTabs(person, current, botName, pick) {
  return person.chats.map(({ chat, unread }) => el("button", {
    type: "button", class: "tab", "data-chat": chat.id,
    "aria-current": chat.id === current ? "true" : null,
    onclick: () => pick(chat.id),
  }, el("span", {}, chat.title ?? botName), unread ? el("span", { class: "badge" }, String(unread)) : null));
}
