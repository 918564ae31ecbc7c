// A button that has been pressed says so, and a form is not sent twice (data-repeatable: a form that downloads).

const busyForms = new WeakSet();

function mark(form, submitter, isBusy) {
  const button = submitter ?? form.querySelector("button:not([type=button])");
  if (isBusy) button?.setAttribute("aria-busy", "true");
  else form.querySelectorAll("[aria-busy]").forEach((each) => each.removeAttribute("aria-busy"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [hx-put], [hx-delete], [data-repeatable]")) return;
  if (busyForms.has(form)) { event.preventDefault(); return; }
  busyForms.add(form);
  mark(form, event.submitter, true);
});

// Coming back with the Back button shows the page as it was left, busy buttons included.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form").forEach((form) => { busyForms.delete(form); mark(form, null, false); });
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target instanceof HTMLFormElement) mark(event.target, event.detail.requestConfig?.triggeringEvent?.submitter, true);
  else if (event.target instanceof HTMLButtonElement) event.target.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target instanceof HTMLFormElement) mark(event.target, null, false);
  else event.target.removeAttribute?.("aria-busy");
});
