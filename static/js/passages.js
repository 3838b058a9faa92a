// The harvest desk: words that are selected in the pasted text become a passage of their own. Without this
// script whole paragraphs are ticked; the server takes both.
import { announce } from "./toasts.js";

const form = document.querySelector("[data-passages]");
const add = form?.querySelector("[data-passages-add]");
const list = form?.querySelector("[data-passages-list]");

// What is selected inside the paragraphs of the text, and nothing around them.
function selected() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return "";
  const range = selection.getRangeAt(0);
  const parts = [];
  for (const words of form.querySelectorAll("[data-words]")) {
    if (!range.intersectsNode(words)) continue;
    const part = document.createRange();
    part.selectNodeContents(words);
    if (words.contains(range.startContainer)) part.setStart(range.startContainer, range.startOffset);
    if (words.contains(range.endContainer)) part.setEnd(range.endContainer, range.endOffset);
    parts.push(part.toString().trim());
  }
  return parts.filter(Boolean).join("\n\n");
}

if (add) {
  add.hidden = false;
  document.querySelector("[data-passages-hint]")?.removeAttribute("hidden");
  add.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  add.addEventListener("click", () => {
    const text = selected();
    if (!text) {
      announce(add.dataset.wordsNone);
      return;
    }
    const label = document.createElement("label");
    label.className = "check";
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "passage", value: text, checked: true });
    const words = document.createElement("span");
    words.textContent = text;
    words.lang = form.querySelector("[data-words]")?.lang ?? "";
    label.append(box, words);
    list.append(label);
    getSelection()?.removeAllRanges();
  });
}
