// The chime at every change and the spoken cues: made by the browser itself, so nothing is fetched.

let context = null;

// Browsers allow sound only after a key or a click, so this is called from those.
export function allowSound() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}

// One soft bell; a change of sides rings twice, the end three times.
export function chime(times) {
  if (!context || context.state !== "running") return;
  for (let n = 0; n < times; n++) {
    const at = context.currentTime + n * 0.35;
    const loudness = context.createGain();
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.25, at + 0.015);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 1.1);
    loudness.connect(context.destination);
    for (const frequency of [660, 1320]) {
      const tone = context.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(loudness);
      tone.start(at);
      tone.stop(at + 1.2);
    }
  }
}

// A voice that speaks on this machine; some browsers offer others that send the text to a service.
export function localVoice() {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.localService && voice.lang.startsWith("en"));
}

export function say(text) {
  const voice = localVoice();
  if (!voice) return;
  hush();
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  speechSynthesis.speak(words);
}

export function hush() {
  window.speechSynthesis?.cancel();
}
