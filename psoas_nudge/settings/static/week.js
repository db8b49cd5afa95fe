// The week as a grid: each day has a track to drag on, and the same hours as text fields for the keyboard.

import { $, DAY, STEP, clock, drawRanges, el, merged, read, written } from "/hours.js";
import { scale } from "/outlook.js";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const EDGE = 8; // pixels of a bar's end that resize it
const title = (day) => day[0].toUpperCase() + day.slice(1);

// `settings.get(key)` and `settings.set(key, ranges as text)`.
export function drawWeek(box, settings) {
  const ranges = (day) => settings.get(`hours.${day}`).map(read);
  const rows = {};

  const save = (day, made) => {
    settings.set(`hours.${day}`, merged(made).map(written));
    draw(day);
    draw(DAYS[(DAYS.indexOf(day) + 1) % 7]);
  };

  function bars(track, day, shown) {
    track.querySelectorAll(".bar").forEach((bar) => bar.remove());
    const before = ranges(DAYS[(DAYS.indexOf(day) + 6) % 7]).filter((range) => range.end > DAY);
    const put = (begin, end, kind, index = "") => {
      const bar = el("div", { class: `bar ${kind}` });
      bar.dataset.index = index;
      bar.style.left = `${(begin / DAY) * 100}%`;
      bar.style.width = `${((Math.min(end, DAY) - begin) / DAY) * 100}%`;
      track.append(bar);
    };
    for (const range of before) put(0, range.end - DAY, "night");
    shown.forEach((range, index) => put(range.begin, range.end, range.end > DAY ? "over" : "", index));
  }

  function drag(track, day, event) {
    const box = track.getBoundingClientRect();
    const at = (x) => Math.round((((x - box.left) / box.width) * DAY) / STEP) * STEP;
    const old = ranges(day);
    const bar = event.target.closest(".bar:not(.night)");
    const index = bar ? +bar.dataset.index : old.length;
    const first = Math.min(Math.max(at(event.clientX), 0), DAY - STEP);
    const from = bar ? old[index] : { begin: first, end: first };
    const edges = bar?.getBoundingClientRect();
    const how = !bar ? "new" : event.clientX - edges.left < EDGE ? "begin" : edges.right - event.clientX < EDGE ? "end" : "move";
    let now = from;
    const move = ({ clientX }) => {
      const moved = at(clientX);
      if (how === "move") {
        const begin = Math.min(Math.max(from.begin + moved - first, 0), DAY - STEP);
        now = { begin, end: begin + from.end - from.begin };
      } else if (how === "begin") {
        now = { begin: Math.min(Math.max(moved, 0), from.end - STEP), end: from.end };
      } else {
        const pivot = from.begin;
        now = { begin: Math.max(Math.min(pivot, how === "new" ? moved : pivot), 0), end: Math.max(pivot, moved) };
        now.end = Math.min(Math.max(now.end, how === "end" ? pivot + STEP : pivot), now.begin + DAY);
      }
      const all = [...old];
      all[index] = now;
      bars(track, day, all);
      track.dataset.now = now.end > now.begin ? `${clock(now.begin)} – ${clock(now.end)}` : "";
    };
    const end = () => {
      track.onpointermove = track.onpointerup = track.onpointercancel = null;
      delete track.dataset.now;
      if (now === from || now.end - now.begin < STEP) draw(day);
      else save(day, old.toSpliced(index, 1, now));
    };
    event.preventDefault();
    track.setPointerCapture(event.pointerId);
    track.onpointermove = move;
    track.onpointerup = track.onpointercancel = end;
  }

  function draw(day) {
    const row = rows[day];
    bars(row.querySelector(".track"), day, ranges(day));
    drawRanges(row.querySelector(".ranges"), title(day), ranges(day), (made) => save(day, made));
    const before = DAYS[(DAYS.indexOf(day) + 6) % 7];
    const night = Math.max(...ranges(before).map(({ end }) => end - DAY), 0);
    row.querySelector(".off").textContent = ranges(day).length ? "" : night ? `Until ${clock(night)}, from ${title(before)}` : "No prompts";
    row.classList.toggle("changed", settings.changed(`hours.${day}`));
  }

  box.replaceChildren(el("div", { class: "day head" }, el("span"), scale([0, DAY, 180]), el("span")));
  for (const day of DAYS) {
    const track = el("div", { class: "track", "aria-hidden": "true", onpointerdown: (event) => event.button || drag(track, day, event) });
    const locked = settings.locked(`hours.${day}`);
    rows[day] = el("div", { class: "day", role: "group", "aria-label": title(day), inert: locked },
      el("span", { class: "name" }, title(day)), track,
      el("div", { class: "side" }, el("span", { class: "soft off" }), el("div", { class: "ranges" }), el("button", {
        type: "button", class: "plain copy", "aria-label": `Copy ${title(day)} to other days`, onclick: () => copy(day),
      }, "Copy")));
    rows[day].dataset.day = day;
    box.append(rows[day]);
  }
  DAYS.forEach(draw);

  function copy(day) {
    $("copy-title").textContent = `Copy ${title(day)}'s hours`;
    const others = DAYS.filter((each) => each !== day && !settings.locked(`hours.${each}`));
    $("copy-days").replaceChildren(...others.map((each) =>
      el("label", {}, el("input", { type: "checkbox", value: each, checked: DAYS.indexOf(each) < 5 }), ` ${title(each)}`)));
    $("copy-do").onclick = () => {
      for (const { value } of $("copy-days").querySelectorAll(":checked")) save(value, ranges(day));
      $("copy").close();
    };
    $("copy").showModal();
  }
}

// [[exceptions]] by date.
export function drawExceptions(box, settings) {
  const all = () => settings.get("exceptions") ?? [];
  const save = (made) => settings.set("exceptions", made);
  const change = (index, part) => save(all().map((each, at) => (at === index ? { ...each, ...part } : each)));

  function draw(focus = null) {
    box.replaceChildren(...all().map(card), el("button", { type: "button", id: "add-exception", onclick: add }, "Add days"));
    if (focus) box.querySelector(focus)?.focus();
  }

  function add() {
    const day = new Date(Date.now() + 864e5);
    const text = `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
    save([...all(), { first: text, last: text }]);
    draw(`.exception:nth-of-type(${all().length}) input`);
  }

  function card(each, index) {
    const name = `Days ${index + 1}`;
    const made = el("div", { class: "exception", role: "group", "aria-label": name });
    const hours = () => {
      const now = (all()[index].hours ?? []).map(read);
      drawRanges(made.querySelector(".ranges"), name, now, (ranges) => {
        change(index, { hours: merged(ranges).map(written) });
        hours();
      });
      made.querySelector(".off").textContent = now.length ? "" : "No prompts";
    };
    const first = el("input", { type: "date", value: each.first, onchange: () => {
      if (!first.value) return;
      if (last.value < first.value) last.value = first.value;
      change(index, { first: first.value, last: last.value });
    } });
    const last = el("input", { type: "date", value: each.last, onchange: () => last.value && change(index, { last: last.value }) });
    made.append(
      el("label", {}, "From ", first), el("label", { class: "last" }, "to ", last), el("span", { class: "soft off" }), el("div", { class: "ranges" }),
      el("label", { class: "note" }, "Note ", el("input", {
        value: each.note ?? "", maxLength: 200, placeholder: "for yourself", onchange: (event) => change(index, { note: event.target.value }),
      })),
      el("button", { type: "button", class: "plain", "aria-label": `Remove days ${index + 1}`, onclick: () => {
        save(all().filter((_, at) => at !== index));
        draw("#add-exception");
      } }, "Remove"));
    hours();
    return made;
  }
  draw();
}
