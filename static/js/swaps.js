// After htmx has swapped something in: wake it, then move focus to what changed, or announce it.
import { announce } from "./toasts.js";

export function watchSwaps(wake) {
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) wake(event.detail.elt);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.detail.elt;
    const wanted = place.matches("[data-focus]") ? place : place.querySelector("[data-focus]");
    if (wanted) {
      if (!wanted.hasAttribute("tabindex")) wanted.tabIndex = -1;
      wanted.focus();
      return;
    }
    const said = place.dataset.announce ?? place.querySelector("[data-announce]")?.dataset.announce;
    if (said) announce(said);
  });
  // Nothing was swapped because the server refused or the line is down: say so, and leave the text alone.
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, () => {
      announce(document.body.dataset.wordsFailed ?? "");
      document.getElementById("failed")?.removeAttribute("hidden");
    });
  }
  document.addEventListener("htmx:beforeRequest", () => {
    document.getElementById("failed")?.setAttribute("hidden", "");
  });
}
