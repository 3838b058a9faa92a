// <button data-opens="id"> opens the dialog of that id; without script its form posts to a confirm page.
export function wakeDialogs(root) {
  for (const button of root.querySelectorAll("[data-opens]")) {
    button.addEventListener("click", (event) => {
      const dialog = document.getElementById(button.dataset.opens);
      if (!dialog?.showModal) return;
      event.preventDefault();
      dialog.showModal();
    });
  }
}
