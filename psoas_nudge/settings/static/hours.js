// Ranges of hours, in minutes after midnight. One that ends after 24:00 runs into the next day.

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

// "9", "930" and "9:30" are times too; null for what is none.
export function time(text) {
  const found = /^\s*(\d{1,2})(?:[:.]?(\d\d))?\s*$/.exec(text);
  if (!found) return null;
  const minutes = found[1] * 60 + +(found[2] ?? 0);
  return minutes > DAY || +(found[2] ?? 0) > 59 ? null : minutes;
}

// Sorted, with those that touch made one.
export function merged(ranges) {
  const found = [];
  for (const range of [...ranges].sort((a, b) => a.begin - b.begin)) {
    const last = found.at(-1);
    if (last && range.begin <= last.end) last.end = Math.min(Math.max(last.end, range.end), last.begin + DAY);
    else found.push({ ...range });
  }
  return found;
}

// An element with properties, and children or text.
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

// The ranges of one day as pairs of text fields. `change` gets the new ranges.
export function rangeFields(name, ranges, change) {
  const box = el("div", { class: "ranges" });
  ranges.forEach((range, index) => {
    const field = (end) => {
      const input = el("input", {
        class: "time", value: clock(range[end]), inputMode: "numeric", autocomplete: "off", maxLength: 5,
        "aria-label": `${name}, ${ranges.length > 1 ? `hours ${index + 1}, ` : ""}${end === "begin" ? "from" : "to"}`,
        onchange: () => set(time(input.value)),
        onkeydown: (event) => {
          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
          event.preventDefault();
          const now = time(input.value) ?? range[end] % DAY;
          const moved = (Math.floor(now / STEP) + (event.key === "ArrowUp" ? 1 : -1)) * STEP;
          input.value = clock(((moved % DAY) + DAY) % DAY);
          set(time(input.value), true);
        },
      });
      const set = (minutes, stay = false) => {
        input.setAttribute("aria-invalid", minutes === null);
        input.title = minutes === null ? "Write a time such as 09:30." : "";
        if (minutes === null) return;
        const begin = end === "begin" ? minutes % DAY : range.begin;
        const until = end === "end" ? minutes : range.end;
        const last = until % DAY <= begin && !(until === DAY) ? (until % DAY) + DAY : until % DAY || DAY;
        change(ranges.map((each, at) => (at === index ? { begin, end: last } : each)), stay ? { index, end } : null);
      };
      input.dataset.at = `${index} ${end}`;
      return input;
    };
    box.append(el("span", { class: "range" },
      field("begin"), " – ", field("end"),
      range.end > DAY ? el("span", { class: "soft next" }, "next day") : null,
      el("button", {
        type: "button", class: "plain", "aria-label": `${name}: remove ${written(range)}`, title: "Remove",
        onclick: () => change(ranges.filter((_, at) => at !== index)),
      }, "×")));
  });
  const free = ranges.length ? ranges.at(-1).end + 60 : 540;
  if (free <= DAY - 60) {
    box.append(el("button", {
      type: "button", class: "plain", "aria-label": `${name}: add hours`, title: "Add hours",
      onclick: () => change([...ranges, { begin: free, end: Math.min(free + (ranges.length ? 120 : 480), DAY) }]),
    }, "+"));
  }
  return box;
}
