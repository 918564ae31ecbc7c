// A table that fits needs no tab stop; one that scrolls sideways keeps it, so that the keyboard can scroll it.

const watcher = new ResizeObserver((changes) => changes.forEach(({ target }) => fit(target)));

function fit(scroll) {
  if (scroll.scrollWidth > scroll.clientWidth) scroll.tabIndex = 0;
  else scroll.removeAttribute("tabindex");
}

const watch = (root) => root.querySelectorAll?.(".table-scroll").forEach((each) => watcher.observe(each));
watch(document);
document.addEventListener("htmx:afterSettle", (event) => watch(event.target));
