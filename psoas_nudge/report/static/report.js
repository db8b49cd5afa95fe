// While psoas-nudge serves the report, each suggestion has a button that opens it in the settings.

const OPENING = "Opening…";
const el = (name, given) => Object.assign(document.createElement(name), given);

const made = [...document.querySelectorAll("[data-setting]")].map((each) => {
  const status = el("span", { role: "status" });
  const button = el("button", { type: "button", textContent: "Open in the settings" });
  button.onclick = () => open(each.dataset.setting, status);
  const line = el("p", { className: "open" });
  line.append(button, " ", status);
  each.querySelector(".command").before(line);
  return line;
});

async function open(key, status) {
  if (status.textContent === OPENING) return;
  status.textContent = OPENING; // the button is not disabled, because that would remove the focus
  const answer = await fetch("/change", {
    method: "POST", body: JSON.stringify({ key }), headers: { "Content-Type": "application/json" },
  }).catch(() => null);
  if (!answer) return ended();
  status.textContent = answer.ok ? "Open in another window. Nothing changes until you save there." : `${await answer.text()} Try the command below.`;
}

// When the server has ended, the page stays readable and the commands below the suggestions still work.
function ended() {
  stream.close();
  for (const line of made) line.remove();
}

const stream = new EventSource("/window");
stream.onerror = ended;
