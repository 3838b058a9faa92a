// A second press on the same button within the same second or two sends nothing. The server holds the promise
// (a submission id); this only spares a person the doubt. A retry must always be possible, so the button
// wakes again after a while and when the page comes back from the history.
const AWAKE_AFTER = 8000;

export function wakeForms() {
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.method !== "post" || !button?.matches(".btn")) return;
    if (button.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    // Set after this event, so that a listener that refuses the submit is heard first.
    setTimeout(() => {
      if (event.defaultPrevented && !event.target.matches("[hx-post], [data-hx-post]")) return;
      button.setAttribute("aria-busy", "true");
      setTimeout(() => button.removeAttribute("aria-busy"), AWAKE_AFTER);
    });
  });
  const wakeAll = () => {
    for (const button of document.querySelectorAll(".btn[aria-busy=true]")) button.removeAttribute("aria-busy");
  };
  addEventListener("pageshow", wakeAll);
  document.addEventListener("htmx:afterRequest", wakeAll);
  // The error summary takes the focus when a page comes back with one.
  document.querySelector(".errors[data-focus]")?.focus();
}
