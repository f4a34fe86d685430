// What a person writes with: the text field, the bot's reply keyboard, menus that pop up.
import { byId, el, icon } from "./dom.js";

/** Rows of the bot's reply keyboard; `use(button)` is told which one was pressed. */
export function showKeyboard(markup, open, use) {
  const place = byId("keyboard");
  const rows = markup?.keyboard ?? [];
  byId("toggle-keyboard").hidden = !rows.length;
  byId("toggle-keyboard").setAttribute("aria-pressed", String(open));
  byId("text").placeholder = markup?.input_field_placeholder ?? "Message";
  place.hidden = !rows.length || !open;
  place.replaceChildren(...rows.map((row) => el("div", { class: "row" }, ...row.map((button) => el("button", {
    type: "button", class: button.style ?? null, "data-reply": button.text, dir: "auto",
    onclick: () => use(button),
  }, button.text)))));
}

/** A menu above or below the button it belongs to; `items` are {label, detail?, icon?, act}. */
export function popUp(anchor, items) {
  const popup = byId("popup");
  popup.replaceChildren(...items.map((item) => el("button", {
    type: "button", role: "menuitem", onclick: () => { closePopup(); item.act(); },
  }, item.icon ? icon(item.icon) : null, el("span", { class: "label" }, item.label),
  item.detail ? el("span", { class: "detail", dir: "auto" }, item.detail) : null)));
  popup.hidden = false;
  const place = anchor.getBoundingClientRect();
  const below = place.top < window.innerHeight / 2;
  popup.style.top = below ? `${place.bottom + 6}px` : "";
  popup.style.bottom = below ? "" : `${window.innerHeight - place.top + 6}px`;
  popup.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - popup.offsetWidth - 8))}px`;
  popup.querySelector("button")?.focus();
}

export function closePopup() {
  byId("popup").hidden = true;
}

/** Grows with what is written, up to a third of the window. */
export function fit(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, window.innerHeight / 3)}px`;
}

let fading;

export function toast(words) {
  const place = byId("toast");
  place.textContent = words;
  place.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => place.classList.remove("shown"), 4000);
}

/** What was said to one person is not for the next. */
export function hideToast() {
  byId("toast").classList.remove("shown");
}

export function alertBox(words) {
  byId("alert-text").textContent = words;
  if (!byId("alert").open) byId("alert").showModal();
}
