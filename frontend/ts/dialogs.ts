/** `data-open="id"` shows the dialog with that id; `data-close` closes the dialog it stands in. */
export function openDialogs(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLElement>("[data-open]");
    const dialog = opener?.dataset.open ? document.getElementById(opener.dataset.open) : null;
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      event.target.closest("dialog")?.close();
    }
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
}
