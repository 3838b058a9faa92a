// A toast can be put away. It never leaves by itself: some people read slowly.
export function watchToasts() {
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
  });
}

// Say `words` to a screen reader without moving anybody's focus.
export function announce(words) {
  const place = document.getElementById("announce");
  if (place) place.textContent = words;
}
