// <form data-confirm="What it means"> asks once more before it is sent: what it does cannot be taken back.
// The button of the dialog says what the form's own button says. Without a script the form is sent at once.

const dialog = () => document.getElementById("confirm-dialog");
let waiting = null;
let confirmed = null;

// What is said for screen readers alone belongs to the row, not to the question
const words = (button) => [...button.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join("").trim();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-confirm]") || !event.submitter || !dialog()) return;
  if (form === confirmed) {
    confirmed = null;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = { form, button: event.submitter };
  dialog().querySelector("[data-confirm-says]").textContent = form.dataset.confirm;
  dialog().querySelector("[data-confirm-do]").textContent = words(event.submitter);
  document.dispatchEvent(new CustomEvent("dialog:open", { detail: { id: "confirm-dialog" } }));
}, true);

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-confirm-do]") || !waiting) return;
  const { form, button } = waiting;
  waiting = null;
  confirmed = form;
  dialog().close();
  form.requestSubmit(button);
});
