// <transcript-search>: find words in the messages of the transcript beside it. Enter goes to the next hit, Shift+Enter back.
class TranscriptSearch extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.input = this.querySelector("input");
    this.status = this.querySelector("[role=status]");
    this.hits = [];
    this.place = -1;
    this.input.addEventListener("input", () => this.find());
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.go(event.shiftKey ? -1 : 1);
    });
  }

  get messages() {
    return [...document.querySelectorAll(".message[data-index]")];
  }

  find() {
    const wanted = this.input.value.trim().toLowerCase();
    const said = (message) => message.querySelector("[data-words]")?.textContent.toLowerCase() ?? "";
    this.hits = wanted ? this.messages.filter((message) => said(message).includes(wanted)) : [];
    for (const message of this.messages) message.toggleAttribute("data-hit", this.hits.includes(message));
    this.place = -1;
    this.status.textContent = wanted ? this.count() : "";
    if (this.hits.length) this.go(1);
  }

  count() {
    const n = this.hits.length;
    if (n === 0) return this.dataset.none;
    return n === 1 ? this.dataset.one : this.dataset.many.replace("{n}", n);
  }

  go(step) {
    if (!this.hits.length) return;
    this.hits[this.place]?.removeAttribute("aria-current");
    this.place = (this.place + step + this.hits.length) % this.hits.length;
    const message = this.hits[this.place];
    const fold = message.querySelector("details.message-fold");
    if (fold) fold.open = true;
    message.setAttribute("aria-current", "true");
    message.scrollIntoView({ block: "center" });
  }
}

customElements.define("transcript-search", TranscriptSearch);

// <search-hits>: the places that the server marked. The first one is in view; two buttons (n, p) go on from place to place.
class SearchHits extends HTMLElement {
  connectedCallback() {
    this.places = [...document.querySelectorAll(".message [data-words] mark")];
    this.place = -1;
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (button) this.go(Number(button.dataset.step));
    });
    if (this.places.length) this.go(1);
  }

  go(step) {
    this.places[this.place]?.removeAttribute("aria-current");
    this.place = (this.place + step + this.places.length) % this.places.length;
    const found = this.places[this.place];
    const fold = found.closest("details");
    if (fold) fold.open = true;
    found.setAttribute("aria-current", "true");
    found.scrollIntoView({ block: "center" });
    this.querySelector("[role=status]").textContent = this.dataset.place
      .replace("{i}", this.place + 1).replace("{n}", this.places.length);
  }
}

customElements.define("search-hits", SearchHits);
