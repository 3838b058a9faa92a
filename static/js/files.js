// A file button says which file was chosen and shows a photo small. A file of more than a megabyte is sent at
// once, in pieces, while the person goes on writing; after a cut line it goes on by itself where it stopped.
// The form then carries the key of what has arrived. Without this script the form carries the file.
const LARGE = 1024 * 1024;
const LEAST = 128 * 1024;
const MOST = 4 * 1024 * 1024;
const PATIENCE = 60000; // for one piece
const WAITS = [500, 1000, 2000, 4000, 8000, 15000];

class Refusal extends Error {}

export class Sending {
  constructor(input, file) {
    this.input = input;
    this.form = input.form;
    this.file = file;
    this.key = this.form.querySelector(`[name="${CSS.escape(input.dataset.uploadKey)}"]`);
    this.box = this.form.querySelector(`[data-upload-for="${CSS.escape(input.name)}"]`);
    this.bar = this.box.querySelector("progress");
    this.line = this.box.querySelector("[role=status]");
    this.name = `upload ${file.name} ${file.size} ${file.lastModified}`;
    this.offset = 0;
    this.piece = 2 * LEAST;
    this.tries = 0;
    this.isStopped = false;
    this.cut = null;
  }

  say(what) {
    this.box.hidden = false;
    const percent = Math.floor((100 * this.offset) / this.file.size);
    this.bar.value = percent;
    const words = (this.line.dataset[what] ?? what).replace("{percent}", percent);
    if (this.line.textContent !== words) this.line.textContent = words;
  }

  headers(more) {
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    return { "X-CSRFToken": token, Accept: "application/json", ...more };
  }

  async ask(url, options) {
    this.cut = new AbortController();
    const timer = setTimeout(() => this.cut.abort(), PATIENCE);
    try {
      return await fetch(url, { credentials: "same-origin", redirect: "manual", signal: this.cut.signal, ...options });
    } finally {
      clearTimeout(timer);
    }
  }

  // Goes on until the file has arrived, was refused, or another was chosen. Gives true where it has arrived.
  async run() {
    this.say("going");
    while (!this.isStopped) {
      try {
        if (await this.step()) {
          sessionStorage.removeItem(this.name);
          return true;
        }
        this.tries = 0;
        if (!this.isStopped) this.say("going");
      } catch (error) {
        if (this.isStopped) return false;
        if (error instanceof Refusal) {
          sessionStorage.removeItem(this.name);
          this.say(error.message);
          return false;
        }
        this.say(error.message === "401" ? "ended" : "waiting");
        this.isUnsure = true;
        this.piece = LEAST;
        await this.pause();
      }
    }
    return false;
  }

  pause() {
    const wait = WAITS[Math.min(this.tries, WAITS.length - 1)];
    this.tries += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
    });
  }

  async step() {
    if (!this.url) {
      this.url = sessionStorage.getItem(this.name);
      this.isUnsure = Boolean(this.url);
      if (!this.url) return this.begin();
    }
    let answer;
    if (this.isUnsure) {
      answer = await this.ask(this.url, { headers: this.headers() });
    } else {
      const began = performance.now();
      const end = Math.min(this.offset + this.piece, this.file.size);
      answer = await this.ask(this.url, {
        method: "PATCH",
        headers: this.headers({ "Content-Type": "application/offset+octet-stream", "Upload-Offset": this.offset }),
        body: this.file.slice(this.offset, end),
      });
      const took = performance.now() - began;
      if (took < 1000) this.piece = Math.min(this.piece * 2, MOST);
      else if (took > 5000) this.piece = Math.max(this.piece / 2, LEAST);
    }
    return this.read(answer);
  }

  async begin() {
    const answer = await this.ask(this.input.dataset.uploadUrl, {
      method: "POST",
      headers: this.headers({ "Content-Type": "application/json" }),
      body: JSON.stringify({ name: this.file.name, size: this.file.size }),
    });
    return this.read(answer);
  }

  async read(answer) {
    if (answer.status === 404) {
      // Swept away meanwhile: begin again.
      sessionStorage.removeItem(this.name);
      this.url = null;
      this.offset = 0;
      return false;
    }
    if (answer.status === 401) throw new Error("401");
    const body = await answer.json();
    if (answer.status === 422) throw new Refusal(body.detail);
    if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
    if (body.url) {
      this.url = body.url;
      sessionStorage.setItem(this.name, body.url);
    }
    this.isUnsure = false;
    this.offset = body.offset;
    if (!body.file) return false;
    this.offset = this.file.size;
    this.key.value = body.file;
    this.key.dispatchEvent(new Event("input", { bubbles: true })); // the draft keeps it as well
    return true;
  }

  stop() {
    this.isStopped = true;
    this.cut?.abort();
    this.box.hidden = true;
  }
}

function show(name, file) {
  name.replaceChildren();
  if (!file) return null;
  let address = null;
  if (file.type.startsWith("image/")) {
    address = URL.createObjectURL(file);
    const picture = new Image();
    picture.src = address;
    picture.alt = "";
    picture.className = "filebtn__pic";
    name.append(picture);
  }
  name.append(file.name);
  return address;
}

class FileButton {
  constructor(input, name) {
    this.input = input;
    this.name = name;
    this.address = null;
    this.sending = null;
    this.wantsSubmit = false;
    input.addEventListener("change", () => this.choose());
    input.form.addEventListener("submit", (event) => this.hold(event), true);
  }

  async choose() {
    if (this.address) URL.revokeObjectURL(this.address);
    const file = this.input.files[0];
    this.address = show(this.name, file);
    this.sending?.stop();
    this.sending = null;
    if (!file || file.size <= LARGE || !this.input.dataset.uploadUrl) return;
    const sending = new Sending(this.input, file);
    sending.key.value = "";
    this.sending = sending;
    const hasArrived = await sending.run();
    if (this.sending !== sending) return;
    this.sending = null;
    if (!hasArrived) {
      this.wantsSubmit = false;
      this.input.value = "";
      return;
    }
    this.input.value = ""; // the form carries the key, not the bytes once more
    sending.say("arrived");
    if (this.wantsSubmit) this.input.form.requestSubmit(this.submitter);
  }

  // While the file is on its way the form waits for it.
  hold(event) {
    if (!this.sending) return;
    event.preventDefault();
    event.stopPropagation();
    this.wantsSubmit = true;
    this.submitter = event.submitter ?? undefined;
    this.sending.say("sending");
  }
}

export function wakeFiles(root) {
  for (const input of root.querySelectorAll("input[type=file]")) {
    const name = input.form?.querySelector(`[data-file-name="${CSS.escape(input.name)}"]`);
    if (name) new FileButton(input, name);
  }
}
