// The chat page: draws what world.js knows, and sends what the person does.
import * as api from "./api.js";
import { alertBox, closePopup, fit, hideToast, popUp, showKeyboard, toast } from "./composer.js";
import { arrange, avatar, botAvatar, byId, el } from "./dom.js";
import { meaning } from "./links.js";
import { bubbles } from "./messages.js";
import { chatTabs, peopleRows } from "./people.js";
import * as model from "./world.js";
import { world } from "./world.js";

const PRESS_PATIENCE = 30_000;

// Drawing.

function drawPeople() {
  byId("people").replaceChildren(...peopleRows(world.people, world.person, (person) => open(person, person)));
  const person = model.me();
  if (!person) return;
  byId("tabs").replaceChildren(...chatTabs(person, world.chat, world.bot.first_name, (chat) => open(world.person, chat)));
  drawHeader(person);
  drawFoot(person);
}

function drawHeader(person) {
  const { chat } = model.myChat();
  const inPrivate = model.isPrivate();
  byId("chat-avatar").replaceChildren(inPrivate ? botAvatar() : avatar(chat.id, chat.title));
  byId("chat-title").textContent = inPrivate ? world.bot.first_name : chat.title;
  byId("chat-status").textContent = world.typing ? "typing…" : inPrivate ? "bot" : `${world.people.length} members and the bot`;
  document.title = `${person.name} · Fotbot · local Telegram`;
}

function drawFoot(person) {
  const stopped = model.isPrivate() && person.blocked;
  const fresh = model.isPrivate() && !person.started && !person.blocked;
  byId("start").hidden = !fresh;
  byId("unblock").hidden = !stopped;
  byId("composer").hidden = stopped || fresh;
  byId("commands").hidden = !model.isPrivate() || !model.commands().length;
  const markup = stopped || fresh ? null : world.keyboard;
  showKeyboard(markup, world.keyboardOpen, useReplyButton);
}

function drawMessages({ toEnd = false } = {}) {
  const scroller = byId("scroller");
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
  const context = { person: world.person, waiting: world.waiting, press: pressInline, follow, command: send };
  const items = bubbles(world.messages, context);
  arrange(byId("messages"), items.length ? items : [emptyChat()]);
  if (atEnd || toEnd) scroller.scrollTop = scroller.scrollHeight;
}

function emptyChat() {
  const words = model.isPrivate()
    ? [el("b", {}, `${world.bot.first_name} · @${world.bot.username}`), "No messages yet. Press Start to begin, as on a phone."]
    : [el("b", {}, "A group with the bot in it"), "The bot sees commands here, and replies to its own messages."];
  return el("li", { class: "empty" }, el("div", {}, ...words));
}

function draw(options) {
  drawMessages(options);
  drawPeople();
}

// Doing. A refusal is shown and changes nothing.

const doing = (act) => async (...given) => {
  try {
    return await act(...given);
  } catch (error) {
    toast(error instanceof api.Refused ? error.message : "The local Telegram does not answer");
    return null;
  }
};

const open = doing(async (person, chat) => {
  hideToast();
  Object.assign(world, { person, chat, typing: false, keyboardOpen: true, messages: [], keyboard: null });
  history.replaceState(null, "", chat === person ? `#${person}` : `#${person}/${chat}`);
  byId("app").classList.add("in-chat");
  drawPeople();
  if (await model.loadChat()) draw({ toEnd: true });
  await readOpenChat();
  if (!byId("composer").hidden) byId("text").focus({ preventScroll: true });
});

const readOpenChat = doing(async () => {
  if (document.visibilityState === "visible" && model.myChat()?.unread) await api.read(world.person, world.chat);
});

const send = doing((text) => api.say(world.person, world.chat, text));

const useReplyButton = (button) => {
  if (button.request_contact) return shareContact(world.person);
  return send(button.text);
};

const shareContact = doing((of) => api.contact(world.person, of));

const pressInline = doing(async (message, button) => {
  if (button.url) return follow(button.url);
  if (button.copy_text) return copy(button.copy_text.text);
  if (!button.callback_data) return toast("This kind of button does nothing here");
  const key = `${message.message_id}:${button.callback_data}`;
  if (world.waiting.has(key)) return null;
  world.waiting.add(key);
  drawMessages();
  setTimeout(() => stopWaiting(key), PRESS_PATIENCE);
  const pressed = await api.press(world.person, world.chat, message.message_id, button.callback_data)
    .catch((error) => { stopWaiting(key); throw error; });
  const early = world.presses.get(pressed.callback_query_id);
  if (early) showAnswer(early, key);
  else world.presses.set(pressed.callback_query_id, key);
  return null;
});

function stopWaiting(key) {
  if (world.waiting.delete(key)) drawMessages();
}

/** The answer may come before the press's own response: then it is kept until that is here. */
function takeAnswer(event) {
  if (event.person !== world.person) return;
  const key = world.presses.get(event.callback_query_id);
  if (key) showAnswer(event, key);
  else world.presses.set(event.callback_query_id, event);
}

function showAnswer(event, key) {
  world.presses.delete(event.callback_query_id);
  stopWaiting(key);
  if (event.url) follow(event.url);
  if (event.text) (event.show_alert ? alertBox : toast)(event.text);
}

const follow = doing(async (address) => {
  const link = meaning(address, world.bot.username);
  if (link.kind === "start") {
    await open(world.person, world.person);
    if (link.payload) await send(`/start ${link.payload}`);
  } else if (link.kind === "share") {
    const group = model.me().chats.find(({ chat }) => chat.title);
    await open(world.person, group.chat.id);
    byId("text").value = link.text;
    fit(byId("text"));
  } else if (link.url) {
    window.open(link.url, "_blank", "noopener,noreferrer");
  }
});

const copy = doing(async (text) => {
  await navigator.clipboard.writeText(text);
  toast("Copied");
});

const sendPhoto = doing(async () => {
  const [file] = byId("photo").files;
  const caption = byId("text").value.trim();
  byId("photo").value = "";
  if (!file) return;
  await api.photo(world.person, world.chat, file, caption);
  byId("text").value = "";
});

const setBlocked = doing((blocked) => api.block(world.person, blocked));

const addPerson = doing(async () => {
  const person = await api.addPerson({
    first_name: byId("first-name").value,
    last_name: byId("last-name").value,
    language_code: byId("language").value,
  });
  byId("new-person").close();
  byId("new-person-form").reset();
  await model.loadState();
  await open(person.id, person.id);
});

function pickContact() {
  const others = world.people.filter((person) => person.id !== world.person);
  byId("picks").replaceChildren(...others.map((person) => el("li", {}, el("button", {
    type: "button", "data-pick": person.id,
    onclick: () => { byId("pick-person").close(); shareContact(person.id); },
  }, avatar(person.id, person.name), el("bdi", {}, person.name)))));
  byId("pick-person").showModal();
}

// Hearing.

let drawn = false;
let refreshing = null;

/** Fetch people and commands again, once for many reasons. */
function refresh() {
  refreshing ??= setTimeout(async () => {
    refreshing = null;
    await doing(model.loadState)();
    drawPeople();
  }, 100);
}

const heard = {
  message: (event) => { model.takeMessage(event); if (event.chat === world.chat) { drawMessages({ toEnd: event.message.from.id === world.person }); readOpenChat(); } },
  edited: (event) => { model.takeMessage(event); if (event.chat === world.chat) drawMessages(); },
  deleted: (event) => { model.takeDeletion(event); drawMessages(); refresh(); },
  keyboard: (event) => { if (event.chat === world.chat) world.keyboard = event.keyboard; },
  answer: takeAnswer,
  action: (event) => { if (event.chat === world.chat) showTyping(); },
  read: model.takeRead,
  people: refresh,
  commands: refresh,
};

/** Many events at once are drawn once. */
function hear(event) {
  heard[event.type]?.(event);
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => { drawn = false; drawPeople(); });
}

function showTyping() {
  world.typing = true;
  setTimeout(() => { world.typing = false; drawPeople(); }, 5000);
}

/** Whenever listening begins, what was missed before is fetched whole. */
const begin = doing(async () => {
  await model.loadState();
  if (world.person === null) {
    const [person, chat] = location.hash.slice(1).split("/").map(Number);
    const known = world.people.find(({ id }) => id === person);
    const first = known ?? world.people[0];
    const isMine = first.chats.some((entry) => entry.chat.id === chat);
    await open(first.id, known && isMine ? chat : first.id);
    if (!known) byId("app").classList.remove("in-chat");
  } else if (await model.loadChat()) {
    draw();
  }
});

// Wiring.

byId("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = byId("text");
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  fit(field);
  if (!(await send(text))) field.value = text;
});
byId("text").addEventListener("input", () => fit(byId("text")));
byId("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("composer").requestSubmit();
});
byId("start").addEventListener("click", () => send("/start"));
byId("unblock").addEventListener("click", () => setBlocked(false));
byId("back").addEventListener("click", () => byId("app").classList.remove("in-chat"));
byId("toggle-keyboard").addEventListener("click", () => { world.keyboardOpen = !world.keyboardOpen; drawPeople(); });
byId("photo").addEventListener("change", sendPhoto);
byId("attach").addEventListener("click", (event) => popUp(event.currentTarget, [
  { label: "Photo", icon: "photo", act: () => byId("photo").click() },
  ...(model.isPrivate() ? [
    { label: "My contact", icon: "person", act: () => shareContact(world.person) },
    { label: "Another person's contact", icon: "people", act: pickContact },
  ] : []),
]));
byId("commands").addEventListener("click", (event) => popUp(event.currentTarget, model.commands().map((entry) => (
  { label: `/${entry.command}`, detail: entry.description, act: () => send(`/${entry.command}`) }))));
byId("more").addEventListener("click", (event) => {
  const { blocked } = model.me();
  popUp(event.currentTarget, [
    { label: blocked ? "Unblock the bot" : "Block the bot", icon: "block", act: () => setBlocked(!blocked) },
  ]);
});
byId("add-person").addEventListener("click", () => byId("new-person").showModal());
byId("new-person-cancel").addEventListener("click", () => byId("new-person").close());
byId("new-person-form").addEventListener("submit", (event) => { event.preventDefault(); addPerson(); });
document.addEventListener("pointerdown", (event) => { if (!byId("popup").contains(event.target)) closePopup(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closePopup(); });
document.addEventListener("visibilitychange", readOpenChat);
window.addEventListener("hashchange", () => { world.person = null; begin(); });
api.listen(hear, begin);
