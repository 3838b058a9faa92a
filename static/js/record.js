// Speak it: hold the button and talk, or press it once and once more. What was recorded is played back here and
// becomes the file of the form; nothing is sent before the person saves. Without a microphone a file is chosen.
const MOST_SECONDS = 300;
const LEAST_MS = 700;
const HELD_MS = 500; // a shorter press means: go on until the next one
const FORMS = [
  ["audio/webm;codecs=opus", "webm"],
  ["audio/mp4;codecs=mp4a.40.2", "m4a"],
  ["audio/mp4", "m4a"],
  ["audio/webm", "webm"],
];

class Recorder {
  constructor(box) {
    this.box = box;
    this.input = box.closest("form").querySelector("input[type=file]");
    this.button = box.querySelector("[data-record]");
    this.words = box.querySelector("[data-record-words]");
    this.status = box.querySelector("[data-record-status]");
    this.time = box.querySelector("[data-record-time]");
    this.player = box.querySelector("[data-record-play]");
    this.form = FORMS.find(([type]) => MediaRecorder.isTypeSupported(type));
    if (!this.form) return;
    box.hidden = false;
    this.button.addEventListener("pointerdown", (event) => this.press(event));
    this.button.addEventListener("pointerup", () => this.release());
    this.button.addEventListener("pointercancel", () => this.release());
    this.button.addEventListener("contextmenu", (event) => event.preventDefault());
    // A keyboard or a screen reader clicks without a pointer.
    this.button.addEventListener("click", (event) => {
      if (event.detail === 0) this.toggle();
    });
    addEventListener("pagehide", () => this.stop());
  }

  get isOn() {
    return Boolean(this.recording || this.isOpening);
  }

  press(event) {
    if (event.button !== 0) return;
    this.button.setPointerCapture?.(event.pointerId);
    this.pressedAt = performance.now();
    this.wasOn = this.isOn;
    if (!this.wasOn) this.start();
  }

  release() {
    if (this.pressedAt === undefined) return;
    const isHeld = performance.now() - this.pressedAt > HELD_MS;
    this.pressedAt = undefined;
    if (this.wasOn || isHeld) this.stop();
  }

  toggle() {
    if (this.isOn) this.stop();
    else this.start();
  }

  async start() {
    this.isOpening = true;
    this.wantsStop = false;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.isOpening = false;
      this.status.textContent = this.status.dataset.denied;
      return;
    }
    this.isOpening = false;
    const pieces = [];
    const recording = new MediaRecorder(stream, { mimeType: this.form[0], audioBitsPerSecond: 48000 });
    this.recording = recording;
    this.isFull = false;
    recording.addEventListener("dataavailable", (event) => event.data.size && pieces.push(event.data));
    recording.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      this.keep(pieces);
    });
    recording.start(1000);
    this.beganAt = performance.now();
    this.show(true);
    this.timer = setInterval(() => this.tick(), 250);
    if (this.wantsStop) this.stop();
  }

  stop() {
    this.wantsStop = true;
    if (!this.recording) return;
    clearInterval(this.timer);
    this.lasted = performance.now() - this.beganAt;
    const recording = this.recording;
    this.recording = null;
    recording.stop();
    this.show(false);
  }

  tick() {
    const seconds = Math.floor((performance.now() - this.beganAt) / 1000);
    this.time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= MOST_SECONDS) {
      this.isFull = true;
      this.stop();
    }
  }

  show(isOn) {
    this.button.setAttribute("aria-pressed", String(isOn));
    this.words.textContent = isOn ? this.words.dataset.recording : this.words.dataset.again;
    if (isOn) this.status.textContent = "";
  }

  keep(pieces) {
    if (this.lasted < LEAST_MS || !pieces.length) {
      this.status.textContent = this.status.dataset.short;
      this.words.textContent = this.words.dataset.idle;
      return;
    }
    const [type, ending] = this.form;
    const file = new File(pieces, `${new Date().toISOString().slice(0, 10)}.${ending}`, { type: type.split(";")[0] });
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(file);
    this.player.src = this.address;
    this.player.hidden = false;
    this.status.textContent = this.isFull ? this.status.dataset.full : this.status.dataset.done;
    const files = new DataTransfer();
    files.items.add(file);
    this.input.files = files.files;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

export function wakeRecorders(root) {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
  for (const box of root.querySelectorAll("[data-recorder]")) new Recorder(box);
}
