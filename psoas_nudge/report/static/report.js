// While psoas-nudge serves the report, each suggestion has a button that opens it in the settings.

const OPENING = "Opening…";
const el = (name, given) => Object.assign(document.createElement(name), given);

const made = [...document.querySelectorAll("[data-setting]")].map((each) => {
  const said = el("span", { role: "status" });
  const button = el("button", { type: "button", textContent: "Open in the settings" });
  button.onclick = () => open(each.dataset.setting, said);
  const line = el("p", { className: "open" });
  line.append(button, " ", said);
  each.querySelector(".command").before(line);
  return line;
});

async function open(key, said) {
  if (said.textContent === OPENING) return;
  said.textContent = OPENING; // not disabled meanwhile: that would take the focus away
  const answer = await fetch("/change", {
    method: "POST", body: JSON.stringify({ key }), headers: { "Content-Type": "application/json" },
  }).catch(() => null);
  if (!answer) return ended();
  said.textContent = answer.ok ? "Open in another window. Nothing changes until you save there." : `${await answer.text()} Try the command below.`;
}

// The page stays as it is when psoas-nudge has ended; the command under a suggestion still works.
function ended() {
  stream.close();
  for (const line of made) line.remove();
}

const stream = new EventSource("/window");
stream.onerror = ended;
