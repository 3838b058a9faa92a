// The story map: opens at today where it scrolls sideways; a note in the margin and its entry light up together.
export function wakeMap(root) {
  for (const place of root.querySelectorAll("[data-opens-at-end]")) place.scrollLeft = place.scrollWidth;
  for (const map of root.querySelectorAll(".map--auto")) {
    const now = map.querySelector(".period--now > .cell");
    const box = map.closest(".mapwrap");
    if (!now || !box) continue;
    box.scrollLeft += now.getBoundingClientRect().right - box.getBoundingClientRect().right + 220;
  }
  for (const one of root.querySelectorAll("[data-pair]")) {
    const light = (isLit) => () => {
      for (const mate of document.querySelectorAll(`[data-pair="${CSS.escape(one.dataset.pair)}"]`)) {
        mate.classList.toggle("is-lit", isLit);
      }
    };
    for (const name of ["mouseenter", "focusin"]) one.addEventListener(name, light(true));
    for (const name of ["mouseleave", "focusout"]) one.addEventListener(name, light(false));
  }
  // A filter of the map that would need its button: choosing is enough.
  for (const form of root.querySelectorAll("form[data-auto-submit]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
}
