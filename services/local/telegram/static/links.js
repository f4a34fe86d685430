// What an address means to a Telegram app: a deep link to the bot, a share, or just the web.

/** {kind: "start", payload} | {kind: "share", text} | {kind: "web", url} */
export function meaning(address, botUsername) {
  const url = parsed(address);
  if (!url) return { kind: "web", url: null };
  const isTelegram = url.hostname === "t.me" || url.hostname === "telegram.me";
  const path = url.pathname.replace(/^\/+|\/+$/g, "").toLowerCase();
  if (isTelegram && path === botUsername.toLowerCase()) return start(url);
  if (url.protocol === "tg:" && url.searchParams.get("domain") === botUsername) return start(url);
  if (isTelegram && path === "share/url") {
    const parts = [url.searchParams.get("text"), url.searchParams.get("url")];
    return { kind: "share", text: parts.filter(Boolean).join("\n") };
  }
  return { kind: "web", url: /^https?:$/.test(url.protocol) ? url.href : null };
}

const start = (url) => ({ kind: "start", payload: url.searchParams.get("start") });

function parsed(address) {
  try {
    return new URL(address.startsWith("t.me/") ? `https://${address}` : address);
  } catch {
    return null;
  }
}
