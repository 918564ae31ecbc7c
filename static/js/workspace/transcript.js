// The transcript: which message is in hand, and search in what was said.
export class Transcript {
  constructor(form) {
    this.pane = form.querySelector("[data-messages]");
    this.messages = [...this.pane.querySelectorAll(".message[data-index]")];
    this.current = null;
    this.search = form.querySelector("[data-search]");
    this.count = form.querySelector("[data-search-count]");
    this.pane.addEventListener("click", (event) => {
      const message = event.target.closest(".message[data-index]");
      if (message) this.choose(message, { scroll: false });
    });
    this.search?.addEventListener("input", () => this.find());
    this.search?.addEventListener("keydown", (event) => this.searchKeys(event));
  }

  byIndex(index) {
    return this.messages[index]?.dataset.index === String(index)
      ? this.messages[index]
      : this.messages.find((message) => message.dataset.index === String(index));
  }

  choose(message, { scroll = true } = {}) {
    if (!message) return;
    this.current?.removeAttribute("aria-current");
    this.current = message;
    message.setAttribute("aria-current", "true");
    if (scroll) message.scrollIntoView({ block: "nearest" });
    message.dispatchEvent(new CustomEvent("message-chosen", { bubbles: true }));
  }

  move(step) {
    const place = this.messages.indexOf(this.current);
    const next = place < 0 ? 0 : Math.min(this.messages.length - 1, Math.max(0, place + step));
    this.choose(this.messages[next]);
  }

  find() {
    const wanted = this.search.value.trim().toLowerCase();
    this.hits = wanted ? this.messages.filter((message) => message.textContent.toLowerCase().includes(wanted)) : [];
    for (const message of this.messages) message.toggleAttribute("data-hit", this.hits.includes(message));
    this.count.textContent = wanted ? (this.hits.length === 1 ? "1 message" : `${this.hits.length} messages`) : "";
    if (this.hits.length) this.show(this.hits[0]);
  }

  searchKeys(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      if (!this.hits?.length) return;
      const place = this.hits.indexOf(this.current);
      const step = event.shiftKey ? -1 : 1;
      this.show(this.hits[(place + step + this.hits.length) % this.hits.length]);
    }
  }

  show(message) {
    const fold = message.querySelector("details");
    if (fold) fold.open = true;
    this.choose(message);
  }
}
