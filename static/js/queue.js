// What waits on this device until there is a line: one store, each item under the key of the person who wrote
// it, so that nobody else on the same device sees it or sends it.
const NAME = "lbs-waiting";
const ITEMS = "items";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(ITEMS, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function act(mode, does) {
  const base = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const work = base.transaction(ITEMS, mode);
      const asked = does(work.objectStore(ITEMS));
      work.oncomplete = () => resolve(asked?.result);
      work.onerror = work.onabort = () => reject(work.error);
    });
  } finally {
    base.close();
  }
}

export async function waiting(person) {
  const items = await act("readonly", (store) => store.getAll());
  return items.filter((item) => item.person === person).sort((a, b) => a.at - b.at);
}

export const keep = (item) => act("readwrite", (store) => store.put(item));
export const drop = (id) => act("readwrite", (store) => store.delete(id));
