// <button data-copy="text" data-copied="Copied">: put the text on the clipboard and say so.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const says = (text, tone) =>
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone } }));
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    says(button.dataset.copied, "positive");
  } catch {
    says(button.dataset.copy, "neutral"); // no clipboard: show the text, so that it can be copied by hand
  }
});
