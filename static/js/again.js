// A sign-in that has ended is asked for again in place: the page stays, and so does what is typed in it.
//
// Before a form is sent, the server is asked who is there, unless it was heard from a moment ago. Its answers:
// "same" (the person whose page this is), "other", "ended", "offline".
import { announce } from "./toasts.js";

const FRESH = 20_000;
let heardAt = Date.now();

export const here = () => document.body.dataset.person ?? "";

export function heard() {
  heardAt = Date.now();
}

// The sign-in is known to have ended: ask before the next form is sent.
export function unheard() {
  heardAt = 0;
}

export async function whoIsThere() {
  let answer;
  try {
    answer = await fetch(document.body.dataset.againUrl, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      credentials: "same-origin",
    });
  } catch {
    return { state: "offline" };
  }
  if (answer.status === 401) return { state: "ended" };
  if (!answer.ok) return { state: "offline" };
  const { person, token } = await answer.json();
  if (person !== here()) return { state: "other" };
  heard();
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  return { state: "same", token };
}

class Again {
  constructor(dialog) {
    this.dialog = dialog;
    this.place = dialog.querySelector("[data-again-place]");
    this.words = dialog.querySelector("[data-again-words]");
    this.place.addEventListener("submit", (event) => this.send(event));
    this.dialog.addEventListener("close", () => this.end?.(false));
  }

  // True once the same person is signed in again, false if they would rather not.
  ask() {
    this.end?.(false);
    this.say("ended");
    this.dialog.showModal();
    this.load();
    return new Promise((resolve) => {
      this.end = (isSame) => {
        this.end = null;
        if (this.dialog.open) this.dialog.close();
        this.place.replaceChildren();
        resolve(isSame);
      };
    });
  }

  say(what) {
    this.words.textContent = this.dialog.dataset[what] ?? "";
  }

  // Somebody may have signed in meanwhile in another window: then there is no form to show.
  async load() {
    const { state } = await whoIsThere();
    if (state === "same") return this.end?.(true);
    if (state !== "ended") return this.say(state);
    try {
      const answer = await fetch(this.dialog.dataset.loginUrl, { credentials: "same-origin" });
      this.show(await answer.text());
    } catch {
      this.say("offline");
    }
  }

  // The forms of the sign-in page, without its heading; its own links lead away and so open beside this page.
  show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const parts = [...page.querySelectorAll("#main :is(form, .errors, .demo, details)")];
    const outer = parts.filter((part) => !parts.some((other) => other !== part && other.contains(part)));
    for (const part of outer) {
      for (const link of part.querySelectorAll("a[href]")) link.target = "_blank";
    }
    this.place.replaceChildren(...outer.map((part) => document.importNode(part, true)));
    this.place.querySelector("input:not([type=hidden]), button")?.focus();
  }

  async send(event) {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form, event.submitter),
        credentials: "same-origin",
      });
      const { state } = await whoIsThere();
      if (state === "same") this.end?.(true);
      else if (state === "other") this.say("other");
      else this.show(await answer.text());
    } catch {
      this.say("offline");
    }
  }
}

let again = null;

export function signInAgain() {
  const dialog = document.getElementById("again");
  if (!dialog?.showModal) return Promise.resolve(false);
  again ??= new Again(dialog);
  return again.ask();
}

// What a form says when it cannot be sent now; the words stand in the dialog, so that they are translated.
export function hold(form, what) {
  const words = document.getElementById("again")?.dataset[what] ?? "";
  let line = form.querySelector("[data-held]");
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "err" });
    line.dataset.held = "";
    form.append(line);
  }
  line.textContent = words;
  announce(words);
}

async function check(form, submitter) {
  let { state } = await whoIsThere();
  if (state === "ended") state = (await signInAgain()) ? "same" : "ended";
  if (state === "same") {
    form.querySelector("[data-held]")?.remove();
    form.dataset.passes = "1";
    form.requestSubmit(submitter?.isConnected ? submitter : undefined);
    setTimeout(() => delete form.dataset.passes);
    return;
  }
  const held = new CustomEvent("lbs:held", { bubbles: true, cancelable: true, detail: { state } });
  if (form.dispatchEvent(held)) hold(form, state === "offline" ? "heldOffline" : state);
  else form.querySelector("[data-held]")?.remove();
}

export function watchSubmits() {
  if (!here()) return;
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.method !== "post" || !form.matches(".form") || form.closest("#again") || form.dataset.passes) return;
      if (navigator.onLine && Date.now() - heardAt < FRESH) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      check(form, event.submitter);
    },
    true,
  );
}
