// Say something to a screen reader: dispatch "announce" with {text}, or mark what a swap brings with data-announce.

const announcer = () => document.getElementById("announcer");

function announce(text) {
  const region = announcer();
  if (!region || !text) return;
  region.textContent = "";
  // The same words twice are only announced when the region was empty in between.
  requestAnimationFrame(() => { region.textContent = text; });
}

document.addEventListener("announce", (event) => announce(event.detail?.text));

document.addEventListener("htmx:afterSettle", (event) => {
  const told = event.target.closest?.("[data-announce]") ?? event.target.querySelector?.("[data-announce]");
  if (told) announce(told.dataset.announce || told.textContent.trim());
});
