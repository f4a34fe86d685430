// Texts and keyboards: the same words, at the same length, with the same buttons as Fotbot's.

const ZONE = "Asia/Tashkent";
const CELLS = 10;

const part = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, ...options });
const weekday = part({ weekday: "long" });
const dayMonth = part({ day: "numeric", month: "long" });
const shortWeekday = part({ weekday: "short" });
const shortDayMonth = part({ day: "numeric", month: "short" });
const clock = part({ hour: "2-digit", minute: "2-digit", hour12: false });
const grouped = new Intl.NumberFormat("ru");

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escaped = (text) => text.replace(/[&<>]/g, (sign) => ESCAPES[sign]);

const when = ({ startAt, endAt }) =>
  `${weekday.format(startAt)}, ${dayMonth.format(startAt)}, ` +
  `${clock.format(startAt)}–${clock.format(endAt)}`;

const dayAndHour = ({ startAt }) =>
  `${shortWeekday.format(startAt)}, ${shortDayMonth.format(startAt)} ${clock.format(startAt)}`;

const price = (amount) => (amount ? `${grouped.format(amount)}\u00a0UZS` : "free");
const format = (type) => (type === "SIX_V_SIX" ? "6-a-side" : "5-a-side");

function bar(taken, capacity) {
  const least = taken ? 1 : 0;
  const cells = Math.min(Math.max(Math.floor((taken * CELLS) / capacity), least), CELLS);
  return `${"▰".repeat(cells)}${"▱".repeat(CELLS - cells)} ${taken}/${capacity}`;
}

const screen = (text, reply_markup) => [
  text,
  { parse_mode: "HTML", link_preview_options: { is_disabled: true }, reply_markup },
];

export const MENU = [
  ["⚽ Sessions", "📅 My sessions"],
  ["👥 Team", "👤 Profile", "❓ Help"],
];

export const home = (name) =>
  screen(
    `👋 Hi, <b>${escaped(name)}</b>!\n\n` +
      "Football evenings live here: pick a time and a place, and take your spot with one tap.",
    {
      keyboard: MENU.map((row) => row.map((text) => ({ text }))),
      resize_keyboard: true,
      is_persistent: true,
    },
  );

function row(view) {
  const facts = [`${view.taken}/${view.session.capacity}`, price(view.session.price)];
  if (view.entry?.status === "GOING") facts.push(`✅ place ${view.entry.place}`);
  if (view.entry?.status === "WAITING") facts.push(`⏳ queue ${view.entry.place}`);
  return (
    `📅 <b>${when(view.session)}</b>\n` +
    `🏟 ${escaped(view.session.stadium)} · ${facts.join(" · ")}`
  );
}

export function listing({ views, more }, page) {
  if (!views.length) {
    const refresh = { text: "🔄 Refresh", callback_data: "page:0" };
    return screen("⚽ Nothing is planned yet.\n\nLook in again a little later.", {
      inline_keyboard: [[refresh]],
    });
  }
  const title = page ? `⚽ <b>Coming sessions</b> · Page ${page + 1}` : "⚽ <b>Coming sessions</b>";
  const keyboard = views.map(({ session }) => [
    { text: `${dayAndHour(session)} · ${session.stadium}`, callback_data: `open:${session.id}` },
  ]);
  const turning = [];
  if (page) turning.push({ text: `« ${page}`, callback_data: `page:${page - 1}` });
  if (more) turning.push({ text: `${page + 2} »`, callback_data: `page:${page + 1}` });
  if (turning.length) keyboard.push(turning);
  return screen([title, ...views.map(row)].join("\n\n"), { inline_keyboard: keyboard });
}

function entryButton({ session, taken, entry }) {
  if (entry) {
    const text = entry.status === "WAITING" ? "🚪 Leave the queue" : "🚪 Leave";
    return { text, callback_data: `leave:${session.id}`, style: "danger" };
  }
  const text = taken >= session.capacity ? "⏳ Join the queue" : "✅ Join";
  return { text, callback_data: `join:${session.id}`, style: "success" };
}

function shareUrl(session, botName) {
  const query = new URLSearchParams({
    url: `https://t.me/${botName}?start=s_${session.id}`,
    text: `${session.stadium}, ${when(session)}`,
  });
  return `https://t.me/share/url?${query}`;
}

export function card(view, botName) {
  const { session, taken, waiting, entry } = view;
  const free = taken < session.capacity ? `${session.capacity - taken} free` : "full";
  const places = [`${bar(taken, session.capacity)} · ${free}`];
  if (waiting) places.push(`⏳ Waiting: ${waiting}`);
  const blocks = [
    `🏟 <b>${escaped(session.stadium)}</b>\n📅 ${when(session)}\n` +
      `🏃 ${format(session.type)} · 💰 ${price(session.price)}`,
    places.join("\n"),
  ];
  if (entry?.status === "GOING") blocks.push(`✅ <b>You are in, place ${entry.place}</b>`);
  if (entry?.status === "WAITING")
    blocks.push(`⏳ <b>You are number ${entry.place} in the queue</b>`);
  return screen(blocks.join("\n\n"), {
    inline_keyboard: [
      [entryButton(view)],
      [
        { text: "« List", callback_data: "page:0" },
        { text: "🔄 Refresh", callback_data: `refresh:${session.id}` },
      ],
      [{ text: "📤 Share", url: shareUrl(session, botName) }],
    ],
  });
}

export function joined({ view: { entry }, already }) {
  if (entry.status === "GOING")
    return already
      ? `You are already in, place ${entry.place}`
      : `✅ You are in, place ${entry.place}`;
  return already
    ? `You are already in the queue, number ${entry.place}`
    : `⏳ It is full. You are number ${entry.place} in the queue`;
}

export const left = ({ already }) =>
  already ? "You were not in this session" : "You are out. See you next time! 👋";

export const GONE = "This session is not open any more";
export const REFRESHED = "Up to date";
export const TOO_MANY = "Too many requests. Please wait a moment.";
