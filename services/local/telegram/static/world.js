// What the page knows, and how each event from the server changes it. Draws nothing.
import * as api from "./api.js";

export const world = {
  bot: { id: 0, username: "", first_name: "" },
  people: [],
  commands: {},
  person: null,
  chat: null,
  messages: [],
  keyboard: null,
  keyboardOpen: true,
  typing: false,
  waiting: new Set(),
  presses: new Map(),
};

export const me = () => world.people.find((person) => person.id === world.person);
export const myChat = () => me()?.chats.find(({ chat }) => chat.id === world.chat);
export const isPrivate = () => world.chat === world.person;

export async function loadState() {
  const { bot, people, commands } = await api.state();
  Object.assign(world, { bot, people, commands });
}

/** Load the open chat; false when another one was opened meanwhile. */
export async function loadChat() {
  const { person, chat } = world;
  const found = await api.history(person, chat);
  if (person !== world.person || chat !== world.chat) return false;
  world.messages = found.messages;
  world.keyboard = found.keyboard;
  return true;
}

/** Take a message, an edit or a deletion into the open chat and the list. */
export function takeMessage(event) {
  if (event.chat === world.chat) {
    world.keyboard = event.keyboard;
    world.typing = false;
    takeIntoOpenChat(event);
  }
  for (const person of world.people) {
    const entry = person.chats.find(({ chat }) => chat.id === event.chat);
    if (!entry) continue;
    if (entry.chat.id === person.id && event.message.from.id === person.id) person.started = true;
    if (event.type === "message" && event.message.from.id !== person.id) entry.unread += 1;
    if (!entry.last || event.message.message_id >= entry.last.message_id) entry.last = event.message;
  }
}

function takeIntoOpenChat({ type, message }) {
  const index = world.messages.findIndex((known) => known.message_id === message.message_id);
  if (index >= 0) world.messages[index] = message;
  else if (type === "message") world.messages.push(message);
}

export function takeDeletion({ chat, message_id }) {
  if (chat !== world.chat) return;
  world.messages = world.messages.filter((message) => message.message_id !== message_id);
}

export function takeRead({ person, chat }) {
  const entry = world.people.find(({ id }) => id === person)?.chats.find((known) => known.chat.id === chat);
  if (entry) entry.unread = 0;
}

/** The person's commands: in his language, or for everybody. */
export function commands() {
  return world.commands[me()?.language_code ?? ""] ?? world.commands[""] ?? [];
}
