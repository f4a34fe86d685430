// The server's small API under /local; the package's docstring describes it.

/** A refusal, in the server's words. */
export class Refused extends Error {}

async function answer(response) {
  const body = await response.json();
  if (!response.ok) throw new Refused(body.description ?? `Refused: ${response.status}`);
  return body;
}

const get = async (path) => answer(await fetch(path));

const post = async (path, body) =>
  answer(await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }));

export const state = () => get("/local/state");
export const addPerson = (person) => post("/local/people", person);
export const history = (person, chat) => get(`/local/${person}/chat?chat=${chat}`);
export const say = (person, chat, text) => post(`/local/${person}/say`, { chat, text });
export const press = (person, chat, message_id, data) =>
  post(`/local/${person}/press`, { chat, message_id, data });
export const contact = (person, of) => post(`/local/${person}/contact`, { of });
export const block = (person, blocked) => post(`/local/${person}/block`, { blocked });
export const read = (person, chat) => post(`/local/${person}/read`, { chat });
export const photo = async (person, chat, file, caption) =>
  answer(await fetch(`/local/${person}/photo?${new URLSearchParams({ chat, caption })}`, {
    method: "POST",
    body: file,
  }));

/** Calls `told` with every event, and `begun` whenever listening begins (again). */
export function listen(told, begun) {
  const source = new EventSource("/local/events");
  source.onopen = begun;
  source.onmessage = (message) => told(JSON.parse(message.data));
  return source;
}
