// Pins tie a message, or a range of its words, to a criterion. The hidden field of each criterion holds its pins.
import { rangeOf, selectedRange, units } from "./offsets.js";
import { announce, words } from "../saving/words.js";

export class Pins {
  constructor(form, { criteria, transcript, changed }) {
    this.criteria = criteria;
    this.transcript = transcript;
    this.changed = changed;
    this.draw();
    form.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("criterion-chosen", () => this.draw());
  }

  of(criterion) {
    const field = criterion.querySelector("[data-pins]");
    return field.value ? JSON.parse(field.value) : [];
  }

  store(criterion, pins) {
    criterion.querySelector("[data-pins]").value = pins.length ? JSON.stringify(pins) : "";
    this.draw();
    this.changed();
  }

  // What pressing P would pin: the selected words, else the message in hand. Null without either.
  candidate() {
    const message = this.messageOfSelection() || this.transcript.current;
    if (!message) return null;
    const said = message.querySelector("[data-words]");
    return { message: Number(message.dataset.index), ...(said ? selectedRange(said) : null) };
  }

  has(pin) {
    return this.of(this.criteria.current).some((other) => same(other, pin));
  }

  // Pins the candidate to the criterion in hand; again takes it away.
  toggle() {
    const pin = this.candidate();
    const criterion = this.criteria.current;
    if (!pin || !criterion) return;
    const pins = this.of(criterion);
    const place = pins.findIndex((other) => same(other, pin));
    if (place < 0) pins.push(pin);
    else pins.splice(place, 1);
    announce(words(place < 0 ? "pinned_to" : "pin_removed", { n: criterion.dataset.number }));
    this.store(criterion, pins);
    this.transcript.choose(this.transcript.byIndex(pin.message), { scroll: false });
  }

  messageOfSelection() {
    const selection = window.getSelection();
    if (!selection || selection.isCollapsed) return null;
    const node = selection.getRangeAt(0).startContainer;
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    return element?.closest?.(".message[data-index]") || null;
  }

  clicked(event) {
    const remove = event.target.closest("[data-remove-pin]");
    if (remove) return this.remove(remove);
    const jump = event.target.closest("[data-jump-message], [data-jump-criterion]");
    if (!jump) return undefined;
    event.preventDefault();
    if (jump.dataset.jumpMessage === undefined) {
      return this.criteria.choose(this.criteria.byLineage(jump.dataset.jumpCriterion), { focus: true });
    }
    return this.transcript.show(this.transcript.byIndex(jump.dataset.jumpMessage), { focus: true });
  }

  remove(button) {
    const criterion = button.closest("[data-criterion]");
    const pins = this.of(criterion);
    pins.splice(Number(button.dataset.removePin), 1);
    this.store(criterion, pins);
    (criterion.querySelector("[data-remove-pin]") || criterion.querySelector("[data-open-criterion]")).focus();
  }

  draw() {
    const atMessage = new Map();
    for (const criterion of this.criteria.all) {
      const pins = this.of(criterion);
      criterion.querySelector("[data-evidence]").replaceChildren(...pins.map((pin, place) => this.line(pin, place)));
      for (const pin of pins) {
        const there = atMessage.get(pin.message) || new Set();
        atMessage.set(pin.message, there.add(criterion));
      }
    }
    for (const message of this.transcript.messages) this.drawAt(message, atMessage.get(Number(message.dataset.index)));
    this.highlight();
  }

  drawAt(message, criteria) {
    const place = message.querySelector(".message-pins");
    place?.replaceChildren(...[...(criteria || [])].map((criterion) => {
      const { number } = criterion.dataset;
      const link = Object.assign(document.createElement("a"), {
        className: "pin", href: `#criterion-${number}`, textContent: number,
      });
      link.dataset.jumpCriterion = criterion.dataset.criterion;
      if (criterion === this.criteria.current) link.dataset.tone = "accent";
      link.setAttribute("aria-label", words("pinned_to", { n: number }));
      return link;
    }));
  }

  // Marks the pinned words of the criterion in hand, where the browser can without changing the text.
  highlight() {
    if (!("highlights" in CSS)) return;
    const ranges = this.of(this.criteria.current).filter((pin) => pin.end).map((pin) => {
      const said = this.transcript.byIndex(pin.message)?.querySelector("[data-words]");
      return said && rangeOf(said, pin);
    });
    CSS.highlights.set("pinned-words", new Highlight(...ranges.filter(Boolean)));
  }

  line(pin, place) {
    const item = document.createElement("li");
    item.className = "quote";
    const message = this.transcript.byIndex(pin.message);
    const time = message?.querySelector("time.message-time")?.firstChild.data;
    const link = Object.assign(document.createElement("a"), {
      href: `#message-${pin.message}`, textContent: time || `#${pin.message + 1}`,
    });
    link.dataset.jumpMessage = pin.message;
    const said = Object.assign(document.createElement("q"), { className: "quote-line", textContent: quoted(message, pin) });
    const remove = Object.assign(document.createElement("button"), {
      type: "button", className: "icon-button icon-button-small", textContent: "×",
    });
    remove.dataset.removePin = place;
    remove.setAttribute("aria-label", words("remove_pin"));
    item.append(link, said, remove);
    return item;
  }
}

function same(one, other) {
  return one.message === other.message && (one.start ?? null) === (other.start ?? null) && (one.end ?? null) === (other.end ?? null);
}

function quoted(message, pin) {
  const text = message?.querySelector("[data-words]")?.textContent || "";
  const part = pin.end ? text.slice(units(text, pin.start), units(text, pin.end)) : text;
  return part.trim().replace(/\s+/g, " ") || words("no_words");
}
