import { heard, signInAgain, unheard, whoIsThere } from "./again.js";

// Keeps what a person types: <form data-draft-url="…" data-draft-seq="3"> with an element
// [data-draft-status] inside (role=status), which carries the words, so that they are translated.
// Saved 3 s after the last key, at the latest 5 s after the first, and when the page is hidden.
const QUIET = 3000;
const LONGEST = 5000;

class DraftKeeper {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.draftUrl;
    this.seq = Number(form.dataset.draftSeq ?? 0);
    this.status = form.querySelector("[data-draft-status]");
    this.kept = this.read();
    this.timer = null;
    this.since = null;
    this.isSending = false;
    this.hasEnded = false;
    this.isSent = false;
    form.addEventListener("input", () => this.touch());
    form.addEventListener("change", () => this.touch());
    form.addEventListener("submit", () => {
      this.pause();
      this.isSent = true;
    });
    // After the reset: an emptied form is nothing that anybody typed.
    form.addEventListener("reset", () => setTimeout(() => (this.kept = this.read())));
    addEventListener("pagehide", () => this.flush());
    // What the server refused to keep is in this page only.
    addEventListener("beforeunload", (event) => {
      if (this.hasEnded && !this.isSent && this.read() !== this.kept) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush();
      else if (this.hasEnded) this.resume();
    });
  }

  // What is typed, as names with lists of values. Files, tokens and ids are no text of a person.
  read() {
    const data = {};
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value !== "string" || name === "csrfmiddlewaretoken" || name === "submission_id") continue;
      (data[name] ??= []).push(value);
    }
    return JSON.stringify(data);
  }

  touch() {
    if (this.hasEnded) return;
    const now = Date.now();
    this.since ??= now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.min(QUIET, Math.max(0, this.since + LONGEST - now)));
  }

  pause() {
    clearTimeout(this.timer);
    this.since = null;
  }

  request(text) {
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    return fetch(this.url, {
      method: "POST",
      keepalive: true,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
      body: `{"data": ${text}, "seq": ${this.seq}}`,
    });
  }

  async save() {
    const text = this.read();
    this.pause();
    if (text === this.kept || this.hasEnded) return;
    if (this.isSending) {
      this.touch();
      return;
    }
    this.isSending = true;
    try {
      const answer = await this.request(text);
      if (answer.ok) {
        heard();
        this.kept = text;
        this.seq = (await answer.json()).seq ?? this.seq + 1;
        this.say("kept", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" }));
      } else {
        await this.refused(answer, text);
      }
    } catch {
      this.say("offline");
      this.since = null;
      this.timer = setTimeout(() => this.save(), 15000);
    } finally {
      this.isSending = false;
    }
  }

  async refused(answer, text) {
    if (answer.status === 401 || answer.status === 403) {
      this.hasEnded = true;
      unheard();
      this.say("ended", "", () => this.again());
    } else if (answer.status === 409) {
      // Another device wrote meanwhile. The server keeps this text as a copy of its own; go on from there.
      const body = await answer.json().catch(() => ({}));
      this.seq = body.seq ?? this.seq;
      if (body.url) this.url = body.url;
      this.kept = text;
      this.say("elsewhere");
    } else {
      this.say("offline");
    }
  }

  async again() {
    if (await signInAgain()) await this.goOn();
  }

  // Back from another window, in which the same person may have signed in.
  async resume() {
    if ((await whoIsThere()).state === "same") await this.goOn();
  }

  async goOn() {
    this.hasEnded = false;
    this.kept = "";
    await this.save();
  }

  // Leaving the page: no answer is awaited.
  flush() {
    const text = this.read();
    if (this.hasEnded || this.isSending || this.since === null || text === this.kept) return;
    this.pause();
    this.kept = text;
    this.request(text).then(
      async (answer) => {
        if (answer.ok) this.seq = (await answer.json()).seq ?? this.seq + 1;
      },
      () => {
        this.kept = "";
      },
    );
  }

  // The words stand in the page: data-kept="Draft kept, {time}", data-ended, data-elsewhere, data-offline.
  say(what, time = "", mends = null) {
    if (!this.status) return;
    const words = (this.status.dataset[what] ?? "").replace("{time}", time);
    this.status.hidden = false;
    this.status.replaceChildren(words);
    if (mends) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--line btn--sm" });
      button.textContent = this.status.dataset.loginWords;
      button.addEventListener("click", mends);
      this.status.append(" ", button);
    }
  }
}

export function wakeDrafts(root) {
  for (const form of root.querySelectorAll("form[data-draft-url]")) new DraftKeeper(form);
}
