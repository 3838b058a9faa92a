// Small comforts around pages that work without them. Each wakes in what is on the page now and in
// what htmx swaps in later.
import { watchSubmits } from "./again.js";
import { wakeDialogs } from "./dialogs.js";
import { wakeDrafts } from "./drafts.js";
import { wakeFiles } from "./files.js";
import { wakeForms } from "./forms.js";
import { wakeMap } from "./map.js";
import { watchMenus } from "./menus.js";
import { wakeRecorders } from "./record.js";
import { watchSwaps } from "./swaps.js";
import { watchToasts } from "./toasts.js";
import { watchWaiting } from "./waiting.js";

function wake(root) {
  wakeDialogs(root);
  wakeDrafts(root);
  wakeFiles(root);
  wakeMap(root);
  wakeRecorders(root);
}

watchSubmits();
watchWaiting();
wakeForms();
watchMenus();
watchToasts();
watchSwaps(wake);
wake(document);
