// Menus are native popovers; this adds arrow keys, closing after a choice, and a place where anchors are unknown.

const items = (panel) => [...panel.querySelectorAll("a[href], button:not(:disabled)")];

document.addEventListener("keydown", (event) => {
  const panel = event.target.closest?.(".menu-panel, .rail-sheet");
  if (!panel || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const all = items(panel);
  const at = all.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  all[(next + all.length) % all.length]?.focus();
});

document.addEventListener("click", (event) => {
  const item = event.target.closest?.(".menu-panel[data-menu] .menu-item");
  item?.closest("[popover]").hidePopover();
});

document.addEventListener("toggle", (event) => {
  const panel = event.target;
  if (!(panel instanceof HTMLElement) || !panel.matches(".menu-panel") || event.newState !== "open") return;
  items(panel)[0]?.focus();
  if (!CSS.supports("position-area", "block-end")) place(panel);
}, true);

function place(panel) {
  const button = document.querySelector(`[popovertarget="${panel.id}"]`)?.getBoundingClientRect();
  if (!button) return;
  const { width, height } = panel.getBoundingClientRect();
  const below = button.bottom + height < window.innerHeight;
  panel.style.top = `${below ? button.bottom : Math.max(8, button.top - height - 8)}px`;
  panel.style.left = `${Math.max(8, Math.min(button.left, window.innerWidth - width - 8))}px`;
}
