// Ranges of hours, in minutes after midnight. A range that ends after 24:00 runs into the next day.

export const DAY = 1440;
export const STEP = 15;

export function read(text) {
  const found = /^\s*(\d+):(\d+)\s*[-–]\s*(\d+):(\d+)\s*$/.exec(text);
  const [begin, end] = [found[1] * 60 + +found[2], found[3] * 60 + +found[4]];
  return { begin, end: end > begin ? end : end + DAY };
}

export function clock(minutes) {
  const within = minutes === DAY ? DAY : minutes % DAY;
  return `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
}

export const written = (range) => `${clock(range.begin)}-${clock(range.end)}`;

// Also accepts "9", "930" and "9.30". Returns null if it is not a time.
export function time(text) {
  const found = /^\s*(\d{1,2})(?:[:.]?(\d\d))?\s*$/.exec(text);
  if (!found) return null;
  const minutes = found[1] * 60 + +(found[2] ?? 0);
  return minutes > DAY || +(found[2] ?? 0) > 59 ? null : minutes;
}

// Sorts the ranges and merges those that touch.
export function merged(ranges) {
  const found = [];
  for (const range of [...ranges].sort((a, b) => a.begin - b.begin)) {
    const last = found.at(-1);
    if (last && range.begin <= last.end) last.end = Math.min(Math.max(last.end, range.end), last.begin + DAY);
    else found.push({ ...range });
  }
  return found;
}

export const $ = (id) => document.getElementById(id);

// Creates an element with properties or attributes, and children or text.
export function el(name, given = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && !key.includes("-")) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...inside.filter((each) => each !== null));
  return made;
}

// The ranges of one day as pairs of text fields. `change` receives the new ranges. `update` shows other ranges in the same
// fields, so that the focus stays; it returns false if their number differs.
function rangeFields(name, ranges, change) {
  const box = el("div", { class: "ranges" });
  const fields = ranges.map((_, index) => rangeField(name, index, ranges.length, (range) => change(now.map((each, at) => (at === index ? range : each))),
    () => change(now.filter((_each, at) => at !== index))));
  const add = el("button", {
    type: "button", class: "plain add", "aria-label": `${name}: add hours`, title: "Add hours",
    onclick: () => change([...now, { begin: free(), end: Math.min(free() + (now.length ? 120 : 480), DAY) }]),
  }, "+");
  const free = () => (now.length ? now.at(-1).end + 60 : 540);
  let now;
  box.update = (made) => {
    if (made.length !== fields.length) return false;
    now = made;
    fields.forEach((each, index) => each.show(made[index]));
    add.hidden = free() > DAY - 60;
    return true;
  };
  box.append(...fields, add);
  box.update(ranges);
  return box;
}

function rangeField(name, index, count, change, remove) {
  let range;
  const field = (end) => {
    const input = el("input", {
      class: "time", inputMode: "numeric", autocomplete: "off", maxLength: 5,
      "aria-label": `${name}, ${count > 1 ? `hours ${index + 1}, ` : ""}${end === "begin" ? "from" : "to"}`,
      onchange: () => set(time(input.value)),
      onkeydown: (event) => {
        if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
        event.preventDefault();
        const now = time(input.value) ?? range[end] % DAY;
        const moved = (Math.floor(now / STEP) + (event.key === "ArrowUp" ? 1 : -1)) * STEP;
        set(((moved % DAY) + DAY) % DAY);
      },
    });
    const set = (minutes) => {
      input.setAttribute("aria-invalid", minutes === null);
      input.title = minutes === null ? "Write a time such as 09:30." : "";
      if (minutes === null) return;
      const begin = end === "begin" ? minutes % DAY : range.begin;
      const until = end === "end" ? minutes : range.end;
      const last = until % DAY <= begin && !(until === DAY) ? (until % DAY) + DAY : until % DAY || DAY;
      change({ begin, end: last });
    };
    return input;
  };
  const [begin, end] = [field("begin"), field("end")];
  const next = el("span", { class: "soft next" }, "next day");
  const cross = el("button", { type: "button", class: "plain", title: "Remove", onclick: remove }, "×");
  const made = el("span", { class: "range" }, begin, " – ", end, next, cross);
  made.show = (shown) => {
    range = shown;
    begin.value = clock(range.begin);
    end.value = clock(range.end);
    next.hidden = range.end <= DAY;
    cross.setAttribute("aria-label", `${name}: remove ${written(range)}`);
  };
  return made;
}

// Shows ranges in the fields of a day; replaces the fields if their number changes. If they had the focus, it moves to the
// added range, or to the add button.
export function drawRanges(old, name, ranges, change) {
  if (old.update?.(ranges)) return;
  const fields = rangeFields(name, ranges, change);
  const held = old.contains(document.activeElement);
  const more = fields.querySelectorAll(".range").length > old.querySelectorAll(".range").length;
  old.replaceWith(fields);
  if (!held) return;
  const inputs = fields.querySelectorAll("input");
  const to = more ? inputs[inputs.length - 2] : fields.querySelector("button");
  to.focus();
  to.select?.();
  // The Tab key that ended the change may have moved the focus to a removed field.
  setTimeout(() => document.activeElement === document.body && to.focus());
}
