// The preview: the coming days and one simulated workday.

import { DAY, el } from "/hours.js";

const $ = (id) => document.getElementById(id);

function part({ begin, end }, kind) {
  const made = el("i", { class: kind });
  const [from, to] = [Math.max(begin, 0), Math.min(end, DAY)];
  made.style.left = `${(from / DAY) * 100}%`;
  made.style.width = `${(Math.max(to - from, 0) / DAY) * 100}%`;
  return made;
}

function line(...parts) {
  return el("div", { class: "line", "aria-hidden": "true" }, ...parts);
}

function scale() {
  const made = el("div", { class: "scale", "aria-hidden": "true" });
  for (const hour of [0, 6, 12, 18, 24]) {
    const mark = el("span", {}, String(hour));
    mark.style.left = `${(hour / 24) * 100}%`;
    made.append(mark);
  }
  return made;
}

export function drawOutlook(outlook) {
  $("days").replaceChildren(...outlook.days.map((day, index) => {
    const night = index ? outlook.days[index - 1].open.filter(({ end }) => end > DAY).map(({ end }) => ({ begin: 0, end: end - DAY })) : [];
    return el("li", {}, el("span", { class: "name" }, day.name),
      line(...[...night, ...day.open].map((each) => part(each, "open")), ...day.busy.map((each) => part(each, "busy"))),
      el("span", { class: "soft words" }, day.words));
  }));
  const { work } = outlook;
  $("work-box").hidden = !work;
  if (work) {
    $("work-date").textContent = work.name;
    const prompts = work.prompts.map((at) => part({ begin: at, end: at }, "prompt"));
    $("work").replaceChildren(scale(),
      line(...work.open.map((each) => part(each, "open")), ...work.sitting.map((each) => part(each, "sitting")),
        ...work.calls.map((each) => part(each, "call")), ...prompts),
      el("p", { id: "work-words" }, work.words),
      el("p", { class: "key soft" }, el("span", {}, el("i", { class: "open" }), " hours"), el("span", {}, el("i", { class: "sitting" }), " sitting"),
        el("span", {}, el("i", { class: "call" }), " call"), el("span", {}, el("i", { class: "prompt" }), " prompt")));
  }
  $("advice").replaceChildren(...outlook.advice.map((each) => el("li", {}, each)));
}

export function drawDiff(lines) {
  const words = { "+": "added: ", "-": "removed: " };
  $("diff").replaceChildren(...lines.map(({ sign, text }) => el("span", { class: { "+": "added", "-": "removed" }[sign] ?? "same" },
    words[sign] ? el("span", { class: "unseen" }, words[sign]) : null, `${sign} ${text}\n`)));
}
