// Draws the moments that the server sends, and sends commands. The player runs in the server.

import { show as showFigure } from "/figure.js";
import { allowSound, chime, hush, localVoice, say } from "/sound.js";

const $ = (id) => document.getElementById(id);
const KINDS = { move: "Get into place", rest: "Relax", switch: "Change sides" };
const COMMANDS = { " ": "pause", ArrowLeft: "back", ArrowRight: "next", Escape: "stop" };
const OVER = ["finished", "stopped"];

let routine = null;
let before = null; // the previous moment
let askedForPain = false;
let sent = Promise.resolve();

history.replaceState(null, "", "/"); // removes the used token from the address

// Requests are sent one after the other, so that two quick keys arrive in order.
function send(path, content) {
  sent = sent.then(async () => {
    const answer = await fetch(path, { method: "POST", body: JSON.stringify(content) });
    if (!answer.ok) lost();
  }).catch(lost);
}

function press(command) {
  allowSound();
  if ($("voice").ariaPressed === "true") voiceless();
  if (before && !OVER.includes(before.state)) send("/press", { command });
}

function clock(seconds) {
  const whole = Math.ceil(Math.max(0, seconds - 1e-6));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function where(segment) {
  const parts = [];
  if (segment.side && segment.kind !== "switch") parts.push(segment.side === "left" ? "Left side" : "Right side");
  if (segment.kind === "reps") parts.push({ 1: "Once", 2: "Twice" }[segment.reps] ?? `${segment.reps} times`);
  else if (segment.kind !== "hold") parts.push(KINDS[segment.kind]);
  else if (segment.repeats > 1) parts.push(`Hold ${segment.repeat} of ${segment.repeats}`);
  else parts.push(segment.side ? "Hold" : "Take your time");
  return parts.join(" · ");
}

function heldWords(held) {
  const [left, right, other] = [held.left, held.right, held.other].map(Math.round);
  if (!(left + right + other)) return "Nothing was held, so nothing is counted.";
  if (left || right) return `Held ${left} s on the left and ${right} s on the right.`;
  return `${clock(held.other)} done. This one does not count toward the weekly goal.`;
}

function words(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

function list(element, texts) {
  element.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  element.hidden = !texts.length;
}

function showPicture(moment, segment) {
  const side = segment.side ?? "both";
  const drawn = routine.figures[side][moment.picture];
  $("picture").hidden = !drawn;
  if (!drawn) return;
  const label = `${routine.title}, ${segment.side ? segment.side + " side, " : ""}${segment.text}`;
  showFigure($("picture"), { name: moment.picture, side, drawn, label, ways: routine.ways });
}

function announce(moment, segment) {
  words($("spoken"), `${where(segment)}, ${Math.round(segment.seconds)} seconds. ${segment.text} ${segment.cue}`);
  if (moment.state === "playing") aloud(`${where(segment)}. ${segment.text} ${segment.cue}`);
}

function aloud(text) {
  if (text && $("voice").ariaPressed === "true" && !document.hidden) say(text);
}

// The repetition that begins, or the last seconds of a hold; as in the terminal.
function counted(moment, segment) {
  const left = Math.ceil(moment.remaining - 1e-6);
  if (moment.rep) return moment.rep > 1 && moment.rep !== before.rep ? `${moment.rep}` : "";
  if (segment.kind !== "hold" || left === Math.ceil(before.remaining - 1e-6)) return "";
  if (left === 10) return "10 seconds";
  return left >= 1 && left <= 3 ? `${left}` : "";
}

function changes(moment, segment) {
  const was = before;
  const moved = was && was.index !== moment.index && !OVER.includes(moment.state);
  const begun = was?.state === "ready" && moment.state === "playing";
  const over = was && !OVER.includes(was.state) && OVER.includes(moment.state);
  if ($("chime").ariaPressed === "true" && !document.hidden) {
    if (over) chime(3);
    else if (moved) chime(segment.kind === "switch" ? 2 : 1);
  }
  if (moved || begun || !was) announce(moment, segment);
  else if (moment.state === "playing") aloud(counted(moment, segment));
  if (was && was.state !== moment.state && moment.state === "paused") {
    words($("spoken"), "Paused.");
    aloud("Paused.");
  }
  if (over) {
    hush();
    words($("spoken"), "");
    $("after-title").tabIndex = -1;
    $("after-title").focus();
  }
}

function draw(moment) {
  const segment = routine.segments[moment.index];
  const over = OVER.includes(moment.state);
  $("stage").dataset.state = moment.state;
  $("stage").dataset.kind = segment.kind;
  $("stage").dataset.unread = moment.unread;
  $("play").hidden = over;
  $("before").hidden = $("facts").hidden = moment.state !== "ready";
  $("after").hidden = !over;
  document.querySelector("nav").hidden = over;
  $("total").hidden = over;
  words($("total-left"), clock(moment.totalRemaining));
  words($("where"), where(segment));
  words($("text"), segment.text);
  words($("cue"), segment.cue);
  words($("count"), moment.rep ? `${moment.rep}` : clock(moment.remaining).replace(/^0:0?/, ""));
  $("count").dataset.long = $("count").textContent.length > 2;
  const pace = moment.rep ? `of ${segment.reps}` : moment.breath ? `Breathe ${moment.breath}` : "";
  words($("breath"), moment.state === "playing" ? pace : moment.state === "paused" ? "Paused" : "");
  $("ring").dataset.breath = (moment.state === "playing" && moment.breath) || "none";
  document.querySelector(".arc").setAttribute("stroke-dashoffset", 100 * (1 - moment.remaining / segment.seconds));
  $("main").firstChild.data = { ready: moment.unread ? "I have read this " : "Begin ", paused: "Go on " }[moment.state] ?? "Pause ";
  showPicture(moment, segment);
  if (over) {
    const hurts = askedForPain || moment.undo;
    words($("after-title"), moment.state === "stopped" ? "Stopped" : hurts ? "Done" : "Well done");
    words($("held"), heldWords(moment.held));
    drawAnswer(moment);
  }
  words($("message"), moment.trouble ? `Not all of this is recorded: ${moment.trouble}` : "");
  document.title = over ? `${$("after-title").textContent} – stretch` : `${clock(moment.totalRemaining)} – ${routine.title}`;
  changes(moment, segment);
  if (before?.unread && !moment.unread) scrollTo(0, 0);
  before = moment;
}

function drawAnswer(moment) {
  const open = moment.undo || moment.kneel;
  $("question").hidden = moment.answered;
  $("thanks").hidden = !moment.answered;
  $("undo").hidden = !moment.undo;
  $("kneel").hidden = !moment.kneel;
  if (!moment.answered) {
    if (before?.answered) askAgain();
    return;
  }
  const close = open ? "" : " You can close this window.";
  words($("thanks"), moment.advice ?? `${moment.trouble ? "" : "Saved."}${close}`);
  if (!before?.answered) (moment.kneel ? $("kneel").querySelector("button") : $("thanks")).focus();
  if (!open && !moment.advice && !moment.trouble) setTimeout(() => window.close(), 1500);
}

function askAgain() {
  words($("asked"), "How does it feel?");
  $("feelings").hidden = false;
  $("pains").hidden = true;
  $("feelings").firstElementChild.focus();
}

function feel(afterwards, pain) {
  askedForPain = false;
  send("/feel", pain ? { afterwards, pain } : { afterwards });
}

function painButton({ kind, key, label }) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${label} ` });
  button.append(Object.assign(document.createElement("kbd"), { textContent: key.toUpperCase() }));
  button.dataset.key = key;
  button.onclick = () => feel("pain", kind);
  return button;
}

function askForPain() {
  askedForPain = true;
  if (before.state === "finished") words($("after-title"), "Done");
  words($("asked"), "What kind of pain?");
  $("feelings").hidden = true;
  $("pains").hidden = false;
  $("pains").firstElementChild.focus();
}

function lost() {
  if (before?.answered) return;
  $("stage").dataset.state = "gone";
  words($("message"), before && OVER.includes(before.state)
    ? "The stretch is over. You can close this window."
    : "The stretch has ended. What you held until then is recorded. Nothing after that counts.");
  for (const button of document.querySelectorAll("button")) button.disabled = true;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (before && OVER.includes(before.state)) {
    const keyed = document.querySelectorAll(`#after [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    [...keyed].find((button) => button.checkVisibility())?.click();
    return;
  }
  // The browser presses a focused button itself.
  if (event.key === " " && event.target instanceof HTMLButtonElement) return;
  if (before?.unread && event.key === " " && !inSight($("main"))) return; // the space bar scrolls on to it
  if (COMMANDS[event.key]) {
    event.preventDefault();
    press(COMMANDS[event.key]);
  }
}

// Whether there is a voice is known only some time after the page is loaded.
function voiceless() {
  if (localVoice()) return false;
  words($("voice"), "No voice on this computer");
  $("voice").ariaPressed = "false";
  $("voice").disabled = true;
  return true;
}

function toggle(button) {
  if (button.id === "voice" && voiceless()) return;
  button.ariaPressed = button.ariaPressed === "true" ? "false" : "true";
  allowSound();
  if (button.id === "voice" && button.ariaPressed === "false") hush();
}

// Keeps the screen on during the stretch.
async function keepScreenOn() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Browsers refuse it while the page is hidden or the battery is low.
  }
}

async function begin() {
  const answer = await fetch("/routine");
  if (!answer.ok) {
    words($("message"), await answer.text());
    return;
  }
  routine = await answer.json();
  words($("title"), routine.title);
  words($("purpose"), routine.purpose || routine.segments[0].text);
  words($("why"), routine.why);
  words($("reviewed"), routine.reviewed);
  for (const id of ["chime", "voice"]) $(id).ariaPressed = `${routine.sound[id]}`;
  localVoice(); // the first question makes a browser look for voices
  for (const fact of ["feel", "effort", "check", "easier", "harder"]) {
    words($(fact), routine[fact]);
    $(fact).parentElement.hidden = !routine[fact];
  }
  list($("not-for"), routine.notFor);
  $("not-for-title").hidden = !routine.notFor.length;
  list($("cautions"), routine.cautions);
  document.addEventListener("keydown", onKey);
  for (const button of document.querySelectorAll("[data-command]")) button.onclick = () => press(button.dataset.command);
  for (const button of document.querySelectorAll("[data-feel]")) {
    button.onclick = () => (button.dataset.feel === "pain" ? askForPain() : feel(button.dataset.feel));
  }
  $("pains").replaceChildren(...routine.pains.map(painButton));
  $("undo").onclick = () => send("/undo", {});
  for (const button of document.querySelectorAll("[data-can]")) {
    button.onclick = () => send("/kneel", { can: button.dataset.can === "true" });
  }
  $("chime").onclick = () => toggle($("chime"));
  $("voice").onclick = () => toggle($("voice"));
  $("voice").hidden = !("speechSynthesis" in window);
  // After a mouse click, the space bar must pause, not press the clicked button again.
  document.querySelector("nav").addEventListener("click", (event) => event.detail && document.activeElement.blur());
  document.addEventListener("visibilitychange", keepScreenOn);
  addEventListener("pagehide", () => {
    if (askedForPain) navigator.sendBeacon("/feel", JSON.stringify({ afterwards: "pain" }));
  });
  keepScreenOn();
  const moments = new EventSource("/moments");
  moments.onmessage = (event) => {
    draw(JSON.parse(event.data));
    if (before.answered && !before.undo && !before.kneel) moments.close();
  };
  moments.onerror = () => {
    moments.close();
    lost();
  };
}

begin();
