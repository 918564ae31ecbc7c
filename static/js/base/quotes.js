// What a message repeats of an earlier one is folded; its button unfolds it, and so does the browser's own search.

const fold = (root) => root.querySelectorAll?.("[data-unfold][hidden]").forEach((button) => {
  button.hidden = false;
  // Words that somebody searched for stay in sight.
  set(button, Boolean(document.getElementById(button.dataset.unfold)?.querySelector("mark")));
});

function set(button, isOpen) {
  const quoted = document.getElementById(button.dataset.unfold);
  button.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) quoted?.removeAttribute("hidden");
  else quoted?.setAttribute("hidden", "until-found");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-unfold]");
  if (button) set(button, button.getAttribute("aria-expanded") !== "true");
});
document.addEventListener("beforematch", (event) => {
  const button = document.querySelector(`[data-unfold="${event.target.id}"]`);
  if (button) set(button, true);
});
document.addEventListener("htmx:afterSettle", (event) => fold(event.target));
fold(document);
