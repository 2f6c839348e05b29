/**
 * What the browser runs, where it runs scripts at all: times as distances, a page that changes by
 * itself, no form sent twice. The news region speaks only when a state has changed.
 */
export const SCRIPT_TEXT = `"use strict";
const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
function tellTimes() {
  for (const time of document.querySelectorAll("time:not([data-exact])")) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) || units[3];
    if (Math.abs(seconds) > 2592000) continue;
    time.title = time.title || time.textContent;
    time.textContent = words.format(Math.round(seconds / size), unit);
  }
}
function sayState(before) {
  const now = document.querySelector("main [data-state]")?.dataset.state;
  if (now && now !== before) document.getElementById("news").textContent = "The dispatch is now " + now + ".";
}
let failures = 0;
async function refresh() {
  const main = document.querySelector("main[data-live]");
  if (!main) return;
  if (!document.hidden) {
    const before = main.querySelector("[data-state]")?.dataset.state;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error();
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      failures = 0;
      const plain = (html) => html.replace(/(form_token" value=)"[^"]*"/g, "$1");
      if (plain(fresh.innerHTML) !== plain(main.source)) {
        const focus = main.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : null;
        const open = [...main.querySelectorAll("details[open]")].map(({ id }) => id);
        main.source = fresh.innerHTML;
        main.replaceChildren(...fresh.childNodes);
        for (const id of open) document.getElementById(id)?.setAttribute("open", "");
        if (focus) [...main.querySelectorAll("a,button,summary")].find((one) => one.id === focus || one.getAttribute("href") === focus)?.focus();
        if (!fresh.hasAttribute("data-live")) main.removeAttribute("data-live");
        sayState(before);
      }
    } catch {
      failures++;
    }
    tellTimes();
  }
  setTimeout(refresh, Math.min(60, 2 * 2 ** failures) * 1000);
}
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.target.method !== "post") return;
  if (button.getAttribute("aria-disabled")) return event.preventDefault();
  button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
});
const live = document.querySelector("main[data-live]");
if (live) live.source = live.innerHTML;
tellTimes();
setInterval(tellTimes, 20000);
setTimeout(refresh, 1500);
`;
