// A file button says which file was chosen, and shows a photo small.
export function wakeFiles(root) {
  for (const input of root.querySelectorAll("input[type=file]")) {
    const name = input.form?.querySelector(`[data-file-name="${CSS.escape(input.name)}"]`);
    if (!name) continue;
    let address = null;
    input.addEventListener("change", () => {
      if (address) URL.revokeObjectURL(address);
      address = null;
      const file = input.files[0];
      name.replaceChildren();
      if (!file) return;
      if (file.type.startsWith("image/")) {
        address = URL.createObjectURL(file);
        const picture = new Image();
        picture.src = address;
        picture.alt = "";
        picture.className = "filebtn__pic";
        name.append(picture);
      }
      name.append(file.name);
    });
  }
}
