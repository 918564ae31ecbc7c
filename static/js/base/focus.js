// Focus goes somewhere sensible: to what is wrong, to what a swap marks with data-focus, never into nothing.

const INVALID = "[aria-invalid=true]:not([data-example] *)";
let lastFocused = null;

function focusOn(element) {
  if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: false });
}

function focusWhatIsWrong(root) {
  const element = root.querySelector?.("[data-focus]") ?? root.querySelector?.(INVALID);
  if (element) focusOn(element);
  return Boolean(element);
}

focusWhatIsWrong(document.getElementById("main") ?? document);

document.addEventListener("htmx:beforeSwap", () => { lastFocused = document.activeElement; });

document.addEventListener("htmx:afterSettle", (event) => {
  if (focusWhatIsWrong(event.target)) return;
  const isLost = lastFocused && !lastFocused.isConnected && document.activeElement === document.body;
  if (isLost) focusOn(event.target.querySelector?.("h1, h2, h3") ?? event.target);
  lastFocused = null;
});
