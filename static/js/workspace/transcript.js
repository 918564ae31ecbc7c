// The transcript: which message is in hand, and search in what was said.
import { words } from "./words.js";

export class Transcript {
  constructor(form) {
    this.form = form;
    this.pane = form.querySelector("[data-messages]");
    this.messages = [...this.pane.querySelectorAll(".message[data-index]")];
    this.current = null;
    this.hits = [];
    this.search = form.querySelector("[data-search]");
    this.count = form.querySelector("[data-search-count]");
    for (const message of this.messages) message.tabIndex = -1;
    this.pane.addEventListener("click", (event) => {
      const message = event.target.closest(".message[data-index]");
      if (message && message !== this.current) this.choose(message, { scroll: false });
    });
    this.search.addEventListener("input", () => this.find());
    this.search.addEventListener("keydown", (event) => this.searchKeys(event));
  }

  byIndex(index) {
    return this.messages.find((message) => message.dataset.index === String(index));
  }

  choose(message, { scroll = true, focus = false } = {}) {
    if (!message) return;
    this.current?.removeAttribute("aria-current");
    this.current = message;
    message.setAttribute("aria-current", "true");
    message.dispatchEvent(new CustomEvent("message-chosen", { bubbles: true }));
    if (focus) {
      this.showPane();
      message.focus({ preventScroll: true });
    }
    if (scroll) message.scrollIntoView({ block: "nearest" });
  }

  move(step) {
    const place = this.messages.indexOf(this.current);
    const next = place < 0 ? 0 : Math.min(this.messages.length - 1, Math.max(0, place + step));
    this.choose(this.messages[next], { focus: true });
  }

  // On a narrow screen one pane shows at a time.
  showPane() {
    this.form.querySelector('[name="pane"][value="transcript"]').checked = true;
  }

  toSearch() {
    this.showPane();
    this.search.focus();
  }

  find() {
    const wanted = this.search.value.trim().toLowerCase();
    const said = (message) => message.querySelector("[data-words]")?.textContent.toLowerCase() ?? "";
    this.hits = wanted ? this.messages.filter((message) => said(message).includes(wanted)) : [];
    for (const message of this.messages) message.toggleAttribute("data-hit", this.hits.includes(message));
    const n = this.hits.length;
    this.count.textContent = wanted ? (n === 1 ? words("one_hit") : words("hits", { n })) : "";
    if (n) this.show(this.hits[0]);
  }

  searchKeys(event) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (!this.hits.length) return;
    const place = this.hits.indexOf(this.current);
    const step = event.shiftKey ? -1 : 1;
    this.show(this.hits[(place + step + this.hits.length) % this.hits.length]);
  }

  show(message, { focus = false } = {}) {
    if (!message) return;
    const fold = message.querySelector("details.message-fold");
    if (fold) fold.open = true;
    this.choose(message, { focus });
  }
}
