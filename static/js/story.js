// The story map: lines from a story to the one it grew out of, and the button that prints. The map says
// the same without them: each card has a mark that leads one step back.
const SVG = "http://www.w3.org/2000/svg";
const BEND = 34;

function part(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

class ChainLines {
  constructor(map) {
    this.map = map;
    this.sheet = part("svg", { class: "map__links", "aria-hidden": "true", focusable: "false" });
    map.append(this.sheet);
    this.draw();
    new ResizeObserver(() => this.draw()).observe(map);
    map.addEventListener("toggle", () => this.draw(), true);
  }

  // Where a card is on the sheet; null where it is not shown.
  place(card) {
    const face = card.querySelector(".entry");
    const box = face.getBoundingClientRect();
    if (!box.width) return null;
    const origin = this.map.getBoundingClientRect();
    const left = box.left - origin.left;
    const top = box.top - origin.top;
    return { left, right: left + box.width, top, bottom: top + box.height, middle: top + box.height / 2 };
  }

  draw() {
    const lines = [];
    const drawn = new Set();
    for (const card of this.map.querySelectorAll("[data-grew]")) {
      for (const id of card.dataset.grew.split(" ")) {
        const pair = `${id} ${card.dataset.entry}`;
        if (drawn.has(pair)) continue;
        drawn.add(pair);
        const ends = this.ends(id, card.dataset.entry);
        if (ends) lines.push(...this.line(...ends));
      }
    }
    this.sheet.replaceChildren(...lines);
  }

  // An entry of several drivers stands in several lanes: one line, in a lane that both share if there is one.
  ends(source, target) {
    const cards = (id) => [...this.map.querySelectorAll(`[data-entry="${CSS.escape(id)}"]`)];
    const lane = (one) => [...one.closest(".period").querySelectorAll(".cell")].indexOf(one.closest(".cell"));
    const sources = cards(source);
    const targets = cards(target);
    if (!sources.length || !targets.length) return null;
    for (const from of sources) {
      const to = targets.find((one) => lane(one) === lane(from));
      if (to) return [from, to];
    }
    return [sources[0], targets[0]];
  }

  line(source, card) {
    const from = this.place(source);
    const to = this.place(card);
    if (!from || !to) return [];
    let path;
    let start;
    if (from.right <= to.left) {
      const reach = Math.max(BEND, (to.left - from.right) / 2);
      start = [from.right, from.middle];
      path = `M${from.right} ${from.middle}C${from.right + reach} ${from.middle} ${to.left - reach} ${to.middle} ${to.left} ${to.middle}`;
    } else {
      // In one column: round the outside, so that no card is crossed.
      const edge = Math.max(from.right, to.right);
      start = [from.right, from.middle];
      path = `M${from.right} ${from.middle}C${edge + BEND / 2} ${from.middle} ${edge + BEND / 2} ${to.middle} ${to.right} ${to.middle}`;
    }
    // Among dots the lines would cover the map: there they come with the mouse or the focus.
    const isQuiet = source.closest(".period--dots") || card.closest(".period--dots");
    const drawn = part("path", { d: path, class: isQuiet ? "is-quiet" : "" });
    const light = (isLit) => () => drawn.classList.toggle("is-lit", isLit);
    for (const one of [source, card]) {
      for (const name of ["mouseenter", "focusin"]) one.addEventListener(name, light(true));
      for (const name of ["mouseleave", "focusout"]) one.addEventListener(name, light(false));
    }
    return isQuiet ? [drawn] : [drawn, part("circle", { cx: start[0], cy: start[1], r: 3.5 })];
  }
}

for (const map of document.querySelectorAll("[data-map]")) {
  if (map.querySelector("[data-grew]")) new ChainLines(map);
}
// A link to an entry that the folded map does not draw asks for a map that does; `#e12` is the older form.
function follow() {
  const [, number] = /^#(?:entry-|e)(\d+)$/.exec(location.hash) || [];
  if (!number) return;
  const card = document.getElementById(`entry-${number}`);
  const address = new URL(location.href);
  if (!card) {
    if (!document.querySelector("[data-map]") || address.searchParams.get("entry") === number) return;
    address.search = `?entry=${number}`;
    address.hash = `#entry-${number}`;
    location.replace(address);
    return;
  }
  const fold = card.closest("details");
  if (fold) fold.open = true;
  card.scrollIntoView({ block: "center", inline: "center" });
}
addEventListener("hashchange", follow);
follow();
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
