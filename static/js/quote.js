// Words that are selected in a text become the words that a note speaks of. Without this script they are
// copied into the field by hand; the server takes both.
const form = document.querySelector(".noteform--new");
const field = form?.querySelector("[data-quote]");
const texts = [...document.querySelectorAll(".prose")];

// What is selected inside one text of the page, and nothing else.
function selected() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return "";
  const range = selection.getRangeAt(0);
  if (!texts.some((one) => one.contains(range.commonAncestorContainer))) return "";
  const words = range.cloneContents();
  for (const letter of words.querySelectorAll(".ref")) letter.remove();
  return words.textContent.replace(/\s+/g, " ").trim().slice(0, 300);
}

if (field) {
  document.addEventListener("selectionchange", () => {
    const words = selected();
    if (words && document.activeElement !== field) field.value = words;
  });
}
