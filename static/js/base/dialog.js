// <button data-open-dialog="id"> opens a native <dialog>; data-close-dialog closes the one it is in.
// A dialog with data-open opens at once, for a form that came back with errors.

const toasts = () => document.getElementById("toasts");

function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector(":is(input, select, textarea)[aria-invalid=true], .field:has(.field-error) :is(input, select, textarea)")?.focus();
  // What lies outside an open dialog is inert, so what is said meanwhile must be said inside.
  if (toasts()) dialog.append(toasts());
  dialog.addEventListener("close", () => { if (toasts()) document.body.append(toasts()); }, { once: true });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) {
    opener.closest("[popover]")?.hidePopover();
    open(document.getElementById(opener.dataset.openDialog));
    return;
  }
  event.target.closest("[data-close-dialog]")?.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && isOutside(event)) event.target.close();
});

function isOutside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

const openMarked = (root) => root.querySelectorAll?.("dialog[data-open]").forEach(open);
openMarked(document);
document.addEventListener("htmx:afterSettle", (event) => openMarked(event.target));
document.addEventListener("dialog:open", (event) => open(document.getElementById(event.detail.id)));
document.addEventListener("dialog:close", (event) => event.target.closest?.("dialog")?.close());
