// The inbox by keyboard: j and k move between rows, a letter presses the button of the row that carries it.
// Single keys can be switched off on this device (WCAG 2.1.4), and are never heard while somebody types.
const OFF = "lbs-keys-off";
const AT = "lbs-inbox-at";

const inbox = document.querySelector("[data-inbox]");
const rows = () => [...inbox.querySelectorAll("[data-row]")];
const current = () => document.activeElement?.closest?.("[data-row]");
const types = (element) => element?.matches?.("input:not([type=checkbox]), textarea, select");

function go(step) {
  const all = rows();
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(row, key) {
  const control = row.querySelector(`[data-key="${key}"]`);
  if (!control) return false;
  control.click();
  const details = control.closest("details");
  if (details?.open) details.querySelector("textarea, input:not([type=hidden])")?.focus();
  return true;
}

if (inbox) {
  const line = inbox.querySelector("[data-keys-line]");
  const toggle = inbox.querySelector("[data-keys-switch]");
  line.hidden = false;
  toggle.checked = localStorage.getItem(OFF) !== "1";
  toggle.addEventListener("change", () => {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !toggle.checked) return;
    if (event.key === "Escape" && types(event.target)) {
      current()?.focus();
      return;
    }
    if (types(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      go(event.key === "j" ? 1 : -1);
      return;
    }
    const row = current();
    // Enter on a control of its own does what that control does.
    if (!row || (event.key === "Enter" && event.target !== row)) return;
    if (["Enter", "s", "r", "z", "f", "c"].includes(event.key) && press(row, event.key)) event.preventDefault();
  });
  // After an act the page comes anew: the row that stands where the last one stood has the focus.
  inbox.addEventListener("submit", (event) => {
    const at = rows().indexOf(event.target.closest("[data-row]"));
    if (at >= 0) sessionStorage.setItem(AT, String(at));
  });
  const kept = sessionStorage.getItem(AT);
  sessionStorage.removeItem(AT);
  const refused = inbox.querySelector("[aria-invalid=true]");
  if (refused) refused.focus();
  else if (kept !== null) (rows()[Number(kept)] ?? rows().at(-1))?.focus();
}
