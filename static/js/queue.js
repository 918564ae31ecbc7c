// On the queue page Enter takes the next conversation, unless something else has the focus.
document.addEventListener("keydown", (event) => {
  const next = document.querySelector("[data-review-next]");
  if (event.key === "Enter" && event.target === document.body && next) next.requestSubmit();
});
