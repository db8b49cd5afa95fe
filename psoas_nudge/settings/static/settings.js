// The settings page. Changes stay in the page until they are saved. The server validates, previews and saves them.

import { field, lengthOf } from "/fields.js";
import { $, el } from "/hours.js";
import { drawDiff, drawOutlook } from "/outlook.js";
import { drawExceptions, drawWeek } from "/week.js";

const OFTEN = ["prompt.nudge_after", "prompt.daily_limit", "prompt.snooze_for", "stretch.floor", "stretch.weekly_dose", "stretch.guide", "stretch.voice", "stretch.chime", "desktop.notifier", "desktop.sound"];
const NAMES = { hours: "Time zone", calendar: "Holidays and calendars", sitting: "Sitting and breaks", prompt: "Prompts", quiet: "When to wait", stretch: "Stretches", desktop: "Desktop", hooks: "Programs to start" };

let shown; // the server's last response
let rows = new Map();
const pending = new Map();
let last = null; // the current preview
let timer = null;
let begun = false;

const settings = {
  get: (key) => (pending.has(key) ? pending.get(key) ?? rows.get(key).default : rows.get(key).value),
  changed: (key) => pending.has(key),
  locked: (key) => rows.get(key).source === "environment",
  set(key, value) {
    pending.set(key, value);
    const same = rows.get(key).form === "length" && value !== null ? lengthOf(value) : value;
    if (JSON.stringify(same) === JSON.stringify(rows.get(key).value)) pending.delete(key);
    status();
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  },
};

async function send(path, what) {
  try {
    return await fetch(path, what && { method: "POST", body: JSON.stringify(what), headers: { "Content-Type": "application/json" } });
  } catch {
    gone();
    return null;
  }
}

function gone() {
  $("message").textContent = "psoas-nudge settings has ended. Start it again to change something.";
  for (const each of document.querySelectorAll("main, #bar")) each.inert = true;
}

// Also read by screen readers. After saving, the text stays until the next change.
function say(text) {
  $("bar").hidden = false;
  $("status").textContent = text;
}

function status(wrong = false) {
  const count = pending.size;
  $("bar").classList.toggle("waiting", count > 0);
  $("bar").querySelector(".buttons").hidden = !count;
  $("review").disabled = wrong;
  if (count) say(`${count} ${count === 1 ? "change" : "changes"} not saved${wrong ? ". Some are not valid yet." : ""}`);
  else if ($("status").textContent !== "Saved.") $("bar").hidden = true;
}

const asked = () => ({ changes: Object.fromEntries(pending), version: shown.version, person: $("person").value });

async function look() {
  const answer = await send("/outlook", asked());
  if (!answer) return;
  if (answer.status === 409) {
    if (!$("elsewhere").open) $("elsewhere").showModal();
    return;
  }
  const found = await answer.json();
  if (answer.ok) mistakes(found.mistakes);
  else mistakes(found.mistakes.map((what) => ({ key: "", what })));
  if (!answer.ok || found.mistakes.length) return;
  last = found;
  drawOutlook(found);
}

function mistakes(found) {
  for (const each of document.querySelectorAll(".wrong")) {
    each.textContent = "";
    each.parentElement.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
  }
  const rest = [];
  for (const { key, what } of found) {
    const box = key && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!box) {
      rest.push(key && rows.has(key) ? `${rows.get(key).label}: ${what}` : what);
      continue;
    }
    box.querySelector(".wrong").textContent = what;
    box.querySelector("input, select, textarea").setAttribute("aria-invalid", "true");
    box.closest("details")?.setAttribute("open", "");
  }
  $("message").textContent = rest.join(" ");
  status(found.length > 0);
}

function draw(now) {
  shown = now;
  rows = new Map(now.rows.map((row) => [row.key, row]));
  $("file").textContent = now.file;
  const broken = now.mistakes.length > 0;
  $("mend").hidden = !broken;
  $("settings").hidden = broken;
  $("bar").hidden = broken;
  if (broken) {
    $("mistakes").replaceChildren(...now.mistakes.map((each) => el("li", {}, each)));
    $("text").value = now.text;
    return;
  }
  const first = !begun && now.begin;
  if (first && first.value !== null && !settings.locked(first.key)) settings.set(first.key, first.value);
  const person = $("person").value || "office";
  $("person").replaceChildren(...now.people.map(({ value, label }) => el("option", { value, selected: value === person }, label)));
  drawWeek($("week"), settings);
  drawExceptions($("exceptions"), settings);
  $("often").replaceChildren(...OFTEN.filter((key) => rows.has(key)).map((key) => field(rows.get(key), settings)));
  document.querySelector('[data-key="desktop.notifier"]').append(
    el("button", { type: "button", id: "test", onclick: test }, "Test it now"), el("p", { id: "tested", role: "status" }));
  $("all").replaceChildren(...Object.entries(now.sections).flatMap(([id, about]) => {
    const here = now.rows.filter((row) => row.section === id && !OFTEN.includes(row.key) && !["hours", "days"].includes(row.form));
    if (!here.length) return [];
    return [el("details", {}, el("summary", {}, NAMES[id] ?? id),
      id === "hours" ? null : el("p", { class: "soft about" }, about), el("div", { class: "fields" }, ...here.map((row) => field(row, settings))))];
  }));
  status();
  look();
  if (first) reveal(first.key);
  begun = true;
}

// The report and the command line can open the page at a setting.
function reveal(key) {
  const [section, day] = key.split(".");
  const box = document.querySelector(`[data-key="${CSS.escape(key)}"]`)
    ?? (section === "hours" ? document.querySelector(`[data-day="${CSS.escape(day)}"]`) : $("exceptions"));
  box.closest("details")?.setAttribute("open", "");
  const control = box.querySelector("input, select, textarea, button");
  control.focus({ preventScroll: true });
  box.scrollIntoView({ block: "center" });
}

async function load() {
  const answer = await send("/settings");
  if (!answer) return;
  if (answer.ok) draw(await answer.json());
  else $("message").textContent = await answer.text();
}

async function save() {
  $("review-dialog").close();
  const answer = await send("/save", asked());
  if (!answer) return;
  const found = await answer.json();
  if (answer.status === 409) $("elsewhere").showModal();
  else if (!answer.ok) mistakes(found.mistakes.map((what) => ({ key: "", what })));
  else {
    pending.clear();
    const open = [...document.querySelectorAll("details")].map((each) => each.open);
    draw(found);
    document.querySelectorAll("details").forEach((each, index) => { each.open = open[index]; });
    say("Saved.");
    document.querySelector("h1").focus();
  }
}

async function mend() {
  const answer = await send("/mend", { text: $("text").value, version: shown.version });
  if (!answer) return;
  const found = await answer.json();
  if (answer.ok) {
    draw(found);
    if (!found.mistakes.length) say("Saved.");
  } else if (found.elsewhere) $("elsewhere").showModal();
  else {
    $("mistakes").replaceChildren(...found.mistakes.map((each) => el("li", {}, each)));
    $("message").textContent = `Not saved: ${found.mistakes.length} ${found.mistakes.length === 1 ? "mistake is" : "mistakes are"} left.`;
  }
}

let testing = false;

async function test() {
  if (testing) return; // the button is not disabled, because that would remove the focus
  testing = true;
  $("tested").textContent = "Sending…";
  const answer = await send("/test", { notifier: settings.get("desktop.notifier") });
  if (answer) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) $("tested").textContent = read.value.trim();
  }
  testing = false;
}

$("person").onchange = look;
$("discard").onclick = () => {
  pending.clear();
  draw(shown);
};
$("review").onclick = async () => {
  clearTimeout(timer);
  await look();
  if ($("review").disabled || $("elsewhere").open) return;
  drawDiff(last.diff);
  $("review-dialog").showModal();
  $("save").focus();
};
$("review-back").onclick = () => $("review-dialog").close();
$("save").onclick = save;
$("copy-back").onclick = () => $("copy").close();
$("mend-save").onclick = mend;
$("take-both").onclick = () => {
  $("elsewhere").close();
  load();
};
$("take-theirs").onclick = () => {
  pending.clear();
  $("take-both").onclick();
};
// On paper everything is open.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const each of folded) each.open = true;
});
addEventListener("afterprint", () => {
  for (const each of folded) each.open = false;
});
addEventListener("beforeunload", (event) => pending.size && event.preventDefault());
// Another program may have changed the file while this window had no focus.
addEventListener("focus", () => shown && !shown.mistakes.length && !document.querySelector("dialog[open]") && look());
new EventSource("/window").onerror = gone;
load();
