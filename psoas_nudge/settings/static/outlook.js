// The preview: the coming days and one simulated workday.

import { $, DAY, el } from "/hours.js";

// `span`: the minutes that the line shows.
function part({ begin, end }, kind, span = [0, DAY]) {
  const made = el("i", { class: kind });
  const at = (minute) => ((Math.min(Math.max(minute, span[0]), span[1]) - span[0]) / (span[1] - span[0])) * 100;
  made.style.left = `${at(begin)}%`;
  made.style.width = `${at(end) - at(begin)}%`;
  return made;
}

function line(...parts) {
  return el("div", { class: "line", "aria-hidden": "true" }, ...parts);
}

// The hours in which something happens, from one whole step of the scale to another.
function around({ open, sitting }) {
  const ends = [...open, ...sitting].flatMap(({ begin, end }) => [begin, end]);
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  const step = last - first > 10 * 60 ? 180 : 120;
  return [Math.floor(first / step) * step, Math.ceil(last / step) * step, step];
}

// The hours from one minute of the day to another.
export function scale([from, to, step]) {
  const made = el("div", { class: "scale", "aria-hidden": "true" });
  for (let minute = from; minute <= to; minute += step) {
    const mark = el("span", {}, String((minute / 60) % 24 || (minute === DAY ? 24 : 0)));
    mark.style.left = `${((minute - from) / (to - from)) * 100}%`;
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
    const span = around(work);
    const parts = (kind, found) => found.map((each) => part(each, kind, span));
    $("work").replaceChildren(scale(span),
      line(...parts("open", work.open), ...parts("sitting", work.sitting), ...parts("call", work.calls),
        ...parts("prompt", work.prompts.map((at) => ({ begin: at, end: at })))),
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
