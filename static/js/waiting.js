// Entries and check-ins that were written without a line, where the person chose to keep them on this device:
// shown as waiting, sent once and in the order in which they were written. The server knows each by its
// submission id, so an answer that was lost on the way makes no second one.
import { here, hold, signInAgain, whoIsThere } from "./again.js";
import { drop, keep, waiting } from "./queue.js";
import { announce } from "./toasts.js";

const SLOWEST = 5 * 60_000;

// Each person chooses for themselves on each device.
const choice = () => `lbs-keeps-${here()}`;
const isChosen = () => localStorage.getItem(choice()) === "1";

const boxes = (form) => [...form.querySelectorAll("textarea, input:is([type=text], :not([type]))")];

// What a person wrote in a form, in their words: the texts, else what they chose first.
function told(form) {
  const texts = boxes(form).map((box) => box.value.trim()).filter(Boolean);
  if (texts.length) return texts.join("\n");
  const chosen = form.querySelector("input:checked");
  return chosen?.labels[0]?.textContent.trim().replace(/\s+/g, " ") ?? "";
}

// Empty, and not what the page came with: that may have been a draft of what waits now.
function empty(form) {
  form.reset();
  for (const box of boxes(form)) box.value = "";
}

class Waiting {
  constructor(place) {
    this.place = place;
    this.list = place.querySelector("ol");
    this.said = place.querySelector("[data-waiting-said]");
    this.pause = 5_000;
    place.querySelector("[data-waiting-send]").addEventListener("click", () => this.send(true));
    addEventListener("online", () => this.send());
    this.show().then((items) => {
      this.emptyDrafts(items);
      if (items.length) this.send();
    });
  }

  words(name, values = {}) {
    const text = this.place.dataset[name] ?? "";
    return Object.entries(values).reduce((found, [key, value]) => found.replace(`{${key}}`, value), text);
  }

  async take(form) {
    const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && (typeof value === "string" || value.size));
    const id = form.querySelector("[name=submission_id]").value;
    const item = { id, person: here(), url: form.action, at: Date.now(), fields, refused: "" };
    await keep({ ...item, label: form.dataset.queue, told: told(form) });
    empty(form);
    form.querySelector("[name=submission_id]").value = crypto.randomUUID();
    await this.show();
    announce(this.words("kept"));
    this.place.scrollIntoView({ block: "nearest" });
    this.later();
  }

  async show() {
    const items = await waiting(here());
    this.place.hidden = !items.length;
    this.list.replaceChildren(...items.map((item) => this.row(item)));
    return items;
  }

  // A page may come with the server's draft of what already waits here: it is not offered a second time.
  emptyDrafts(items) {
    for (const form of document.querySelectorAll("form[data-queue]")) {
      const typed = boxes(form).filter((box) => box.value.trim());
      const isIn = (item) =>
        typed.every((box) => item.fields.some(([name, value]) => name === box.name && value.startsWith(box.value.trimEnd())));
      if (typed.length && items.some((item) => item.url === form.action && isIn(item))) empty(form);
    }
  }

  row(item) {
    const row = document.createElement("li");
    const label = Object.assign(document.createElement("b"), { textContent: item.label });
    const words = Object.assign(document.createElement("p"), { className: "serif", textContent: item.told });
    const state = Object.assign(document.createElement("p"), {
      className: item.refused ? "err" : "meta",
      textContent: item.refused || this.words("waits"),
    });
    row.append(label, words, state, this.deleteButton(item));
    return row;
  }

  // Asks once more before it deletes.
  deleteButton(item) {
    const gone = Object.assign(document.createElement("button"), {
      type: "button",
      className: "btn btn--text btn--sm",
      textContent: this.words("delete"),
    });
    gone.addEventListener("click", async () => {
      if (gone.dataset.isSure) {
        await drop(item.id);
        await this.show();
        announce(this.words("deleted"));
        return;
      }
      gone.dataset.isSure = "1";
      gone.textContent = this.words("deleteSure");
    });
    return gone;
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.pause);
    this.pause = Math.min(SLOWEST, this.pause * 2);
  }

  // One tab at a time, one item after the other. A refused one stays with its reason and holds up nobody.
  async send(byHand = false) {
    const work = () => this.sendAll(byHand);
    if (!navigator.locks) return work();
    return navigator.locks.request("lbs-waiting", { ifAvailable: true }, (lock) => lock && work());
  }

  async sendAll(byHand) {
    const items = (await waiting(here())).filter((item) => byHand || !item.refused);
    if (!items.length) return;
    let { state, token } = await whoIsThere();
    if (state === "ended" && byHand && (await signInAgain())) ({ state, token } = await whoIsThere());
    if (state !== "same") {
      this.said.textContent = this.words(state === "offline" ? "noLine" : "ended");
      if (state === "offline") this.later();
      return;
    }
    let sent = 0;
    for (const item of items) {
      const answer = await this.post(item, token);
      if (answer === "later") {
        this.said.textContent = this.words("noLine");
        this.later();
        break;
      }
      if (answer === "sent") {
        await drop(item.id);
        sent += 1;
      } else {
        await keep({ ...item, refused: answer });
      }
    }
    const left = await this.show();
    if (left.every((item) => item.refused)) this.said.textContent = "";
    if (sent) {
      this.pause = 5_000;
      announce(this.words("sent", { n: sent }));
    }
  }

  // "sent", "later", or the reason why it was refused.
  async post(item, token) {
    const body = new FormData();
    for (const [name, value] of item.fields) body.append(name, value);
    body.append("csrfmiddlewaretoken", token);
    let answer;
    try {
      answer = await fetch(item.url, { method: "POST", body, redirect: "manual", credentials: "same-origin", headers: { Accept: "application/json" } });
    } catch {
      return "later";
    }
    if (answer.type === "opaqueredirect") return "sent";
    if (answer.status === 401 || answer.status === 429 || answer.status >= 500) return "later";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const reason = page.querySelector("#main :is(.errors li, .err, .callout p, .lede)")?.textContent.trim();
    return reason || this.words("refused");
  }
}

// The choice stands on the page of settings, for this device and this person.
function watchChoice(root) {
  for (const part of root.querySelectorAll("[data-keeps]")) {
    const [yes, no] = [part.querySelector("[data-keeps-yes]"), part.querySelector("[data-keeps-no]")];
    const show = () => {
      part.hidden = false;
      yes.hidden = isChosen();
      no.hidden = !isChosen();
      part.querySelector("[data-keeps-state]").textContent = isChosen() ? part.dataset.isOn : part.dataset.isOff;
    };
    yes.addEventListener("click", () => {
      localStorage.setItem(choice(), "1");
      show();
      no.focus();
    });
    no.addEventListener("click", () => {
      localStorage.removeItem(choice());
      show();
      yes.focus();
    });
    show();
  }
}

// Whoever signs out with something unsent is asked first.
function watchSignOut(place) {
  const dialog = document.getElementById("unsent");
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-sign-out]") || form.dataset.passes || !dialog?.showModal) return;
    event.preventDefault();
    const items = await waiting(here()).catch(() => []);
    const go = () => {
      form.dataset.passes = "1";
      form.requestSubmit();
    };
    if (!items.length) return go();
    dialog.returnValue = "";
    dialog.querySelector("[data-unsent-count]").textContent = place.words("unsent", { n: items.length });
    dialog.showModal();
    dialog.addEventListener(
      "close",
      async () => {
        if (dialog.returnValue === "keep") go();
        if (dialog.returnValue !== "delete") return;
        for (const item of items) await drop(item.id);
        go();
      },
      { once: true },
    );
  });
}

export function watchWaiting() {
  const place = document.querySelector("[data-queued]");
  if (!place || !here() || !window.indexedDB) return;
  const all = new Waiting(place);
  watchChoice(document);
  watchSignOut(all);
  document.addEventListener("lbs:held", (event) => {
    const form = event.target;
    if (event.detail.state !== "offline" || !form.matches("[data-queue]") || !isChosen()) return;
    event.preventDefault();
    all.take(form).catch(() => hold(form, "heldOffline"));
  });
}
