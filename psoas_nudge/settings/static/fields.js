// A setting as a field: label, control, help, source of the value, and mistakes.

import { el } from "/hours.js";

const UNITS = [["hours", 3600, "h"], ["minutes", 60, "m"], ["seconds", 1, "s"]];

export function lengthOf(value) {
  if (typeof value === "number") return value;
  const found = /^(\d+(?:\.\d+)?)([hms])$/.exec(value);
  return found ? found[1] * UNITS.find(([, , letter]) => letter === found[2])[1] : 0;
}

function unitFor(seconds) {
  return UNITS.find(([name, size]) => (name === "seconds" || seconds >= size) && seconds % size === 0) ?? UNITS[2];
}

function inWords(row) {
  const value = row.default;
  if (row.form === "length") {
    const [name, size] = unitFor(value);
    return `${value / size} ${value / size === 1 ? name.slice(0, -1) : name}`;
  }
  if (row.form === "switch") return value ? "on" : "off";
  if (row.form === "choice") return row.options.find((each) => each.value === value).label;
  if (value === null || value === "" || value.length === 0 || row.form === "pick") return row.form === "pick" ? "" : "not set";
  return String(value);
}

// `settings`: get, set, changed, locked.
export function field(row, settings) {
  const id = row.key.replace(/\W/g, "-");
  const described = { id, "aria-describedby": `${id}-help ${id}-wrong`, disabled: settings.locked(row.key) };
  const set = (value) => {
    settings.set(row.key, value);
    mark();
  };
  const { control, put } = CONTROLS[row.form](row, described, set);
  const reset = el("button", { type: "button", class: "plain reset", onclick: () => {
    set(null);
    put(row.default);
    box.querySelector("input, select, textarea").focus();
  } }, "Use the default", el("span", { class: "unseen" }, ` for ${row.label}`));
  const usual = inWords(row);
  const about = row.help === `${row.label}.` ? "" : row.help.replace(/`/g, "");
  const help = el("p", { class: "help", id: `${id}-help` }, about, usual && row.form !== "switch" ? ` Default: ${usual}.` : "",
    row.most ? ` From ${row.least} to ${row.most}.` : "");
  const wrong = el("p", { class: "wrong", id: `${id}-wrong` });
  const origin = row.origin && el("p", { class: "origin" }, row.source === "environment"
    ? `Set by the environment variable ${row.origin}, so it cannot be changed here.` : `Set for everybody in ${row.origin}.`);
  const label = row.form === "switch" ? null : row.form === "pick"
    ? el("span", { class: "label", id: `${id}-label` }, row.label) : el("label", { class: "label", htmlFor: id }, row.label);
  const box = el("div", { class: `field ${row.form}` }, label, control, help, origin || null, wrong, reset);
  box.dataset.key = row.key;

  function mark() {
    box.classList.toggle("changed", settings.changed(row.key));
    const value = settings.get(row.key);
    const plain = row.form === "length" ? lengthOf(value) : value;
    box.classList.toggle("unset", value === null || value === "" || value.length === 0);
    reset.hidden = settings.locked(row.key) || value === null || JSON.stringify(plain) === JSON.stringify(row.default);
  }

  put(settings.get(row.key) ?? row.default);
  mark();
  return box;
}

const CONTROLS = {
  switch(row, described, set) {
    const input = el("input", { type: "checkbox", role: "switch", ...described, onchange: () => set(input.checked) });
    return { control: el("label", { class: "label" }, input, el("span", {}, row.label)), put: (value) => { input.checked = value; } };
  },
  number(row, described, set) {
    const input = el("input", { type: "number", min: row.least, max: row.most, step: 1, ...described,
      onchange: () => set(input.value === "" ? null : Math.trunc(input.valueAsNumber)) });
    return { control: input, put: (value) => { input.value = value; } };
  },
  length(row, described, set) {
    const send = () => set(input.value === "" ? null : `${input.value}${unit.value}`);
    const input = el("input", { type: "number", min: row.least, step: "any", ...described, onchange: send });
    const unit = el("select", { "aria-label": `${row.label}, unit`, disabled: described.disabled, onchange: send },
      ...UNITS.map(([name, , letter]) => el("option", { value: letter }, name)));
    return { control: el("span", { class: "pair" }, input, unit), put: (value) => {
      const seconds = lengthOf(value);
      const [, size, letter] = unitFor(seconds);
      input.value = seconds / size;
      unit.value = letter;
    } };
  },
  choice(row, described, set) {
    const select = el("select", { ...described, onchange: () => set(select.value) },
      ...row.options.map(({ value, label }) => el("option", { value }, label)));
    return { control: select, put: (value) => { select.value = value; } };
  },
  text(row, described, set) {
    const input = el("input", { autocomplete: "off", ...described, onchange: () => set(input.value) });
    return { control: input, put: (value) => { input.value = value ?? ""; } };
  },
  zone(row, described, set) {
    const { control, put } = CONTROLS.text(row, described, set);
    control.setAttribute("list", `${described.id}-list`);
    control.placeholder = "the system's";
    return { control: el("span", { class: "whole" }, control,
      el("datalist", { id: `${described.id}-list` }, ...row.options.map(({ value }) => el("option", { value })))), put };
  },
  words(row, described, set) {
    const made = CONTROLS.text(row, described, set);
    made.control.classList.add("code");
    made.control.placeholder = "program and its arguments";
    return made;
  },
  toml(row, described, set) {
    const input = el("textarea", { class: "code", rows: 5, spellcheck: false, ...described, onchange: () => set(input.value.trim()) });
    return { control: input, put: (value) => { input.value = value ?? ""; } };
  },
  lines(row, described, set) {
    const input = el("textarea", { class: "code", rows: 2, spellcheck: false, placeholder: "one on each line", ...described,
      onchange: () => set(input.value.split("\n").map((each) => each.trim()).filter(Boolean)) });
    return { control: input, put: (value) => { input.value = (value ?? []).join("\n"); } };
  },
  pick(row, described, set) {
    const { id, ...rest } = described;
    const send = () => set([...control.querySelectorAll(":checked")].map((each) => each.value));
    const control = el("div", { class: "pick", role: "group", "aria-labelledby": `${id}-label`, "aria-describedby": rest["aria-describedby"] });
    return { control, put: (value) => {
      const rest = row.options.filter((each) => !value.includes(each.value));
      const chosen = value.map((each) => row.options.find((option) => option.value === each)).filter(Boolean);
      control.replaceChildren(...[...chosen, ...rest].map((option) => el("label", {},
        el("input", { type: "checkbox", value: option.value, checked: value.includes(option.value), disabled: described.disabled, onchange: send }),
        ` ${option.label}`)));
    } };
  },
};
