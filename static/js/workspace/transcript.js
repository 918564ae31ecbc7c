// The transcript: which message is in hand, and search in what was said.
import { words } from "../saving/words.js";

const MOST_UNDERLINED = 200; // messages: more is more than anybody looks at, and takes time

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

  // The marks go with the words that were looked for; the message that was found stays in hand.
  leaveSearch() {
    this.search.value = "";
    this.find();
    this.choose(this.current ?? this.messages[0], { focus: true });
    if (!this.messages.length) this.search.blur();
  }

  find() {
    const wanted = this.search.value.trim().toLowerCase();
    this.said ??= this.messages.map((message) => message.querySelector("[data-words]")?.textContent.toLowerCase() ?? "");
    this.hits = wanted ? this.messages.filter((message, place) => this.said[place].includes(wanted)) : [];
    const hit = new Set(this.hits);
    for (const message of this.messages) message.toggleAttribute("data-hit", hit.has(message));
    this.underline(wanted);
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

  // Marks the words themselves, where the browser can without changing the text.
  underline(wanted) {
    if (!("highlights" in CSS)) return;
    const ranges = this.hits.slice(0, MOST_UNDERLINED).flatMap((message) => found(message.querySelector("[data-words]"), wanted));
    CSS.highlights.set("found-words", new Highlight(...ranges));
  }

  show(message, { focus = false } = {}) {
    if (!message) return;
    const fold = message.querySelector("details.message-fold");
    if (fold) fold.open = true;
    this.unfold(message);
    this.choose(message, { focus });
  }

  // What a message repeats of an earlier one is folded; a hit in it would be out of sight.
  unfold(message) {
    const wanted = this.search.value.trim().toLowerCase();
    const quoted = message.querySelector("[data-quoted][hidden]");
    if (wanted && quoted?.textContent.toLowerCase().includes(wanted)) message.querySelector("[data-unfold]").click();
  }
}

// The places of some words in an element, as ranges of the page.
function found(element, wanted) {
  const ranges = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.toLowerCase();
    if (text.length !== node.data.length) continue; // some signs have a longer small form: places would not fit
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  return ranges;
}
