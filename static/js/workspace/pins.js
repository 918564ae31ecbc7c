// Pins tie a message, or a range of its words, to a criterion. The hidden field of each criterion holds its pins.
import { selectedRange, units } from "./offsets.js";

export class Pins {
  constructor(form, { criteria, transcript, changed }) {
    this.criteria = criteria;
    this.transcript = transcript;
    this.changed = changed;
    this.draw();
    form.addEventListener("click", (event) => this.clicked(event));
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

  // Pins the focused message (or the selected words in it) to the criterion in hand; again takes it away.
  toggle() {
    const message = this.messageOfSelection() || this.transcript.current;
    const criterion = this.criteria.current;
    if (!message || !criterion) return false;
    const index = Number(message.dataset.index);
    const words = message.querySelector("[data-words]");
    const range = words ? selectedRange(words) : null;
    const pin = range ? { message: index, ...range } : { message: index };
    const pins = this.of(criterion);
    const place = pins.findIndex((other) => same(other, pin));
    place < 0 ? pins.push(pin) : pins.splice(place, 1);
    this.transcript.choose(message, { scroll: false });
    this.store(criterion, pins);
    return true;
  }

  messageOfSelection() {
    const selection = window.getSelection();
    if (!selection || selection.isCollapsed) return null;
    const node = selection.anchorNode;
    const element = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    return element?.closest?.(".message[data-index]") || null;
  }

  clicked(event) {
    const remove = event.target.closest("[data-remove-pin]");
    if (remove) {
      const criterion = remove.closest("[data-criterion]");
      const pins = this.of(criterion);
      pins.splice(Number(remove.dataset.removePin), 1);
      return this.store(criterion, pins);
    }
    const jump = event.target.closest("[data-jump-message], [data-jump-criterion]");
    if (!jump) return undefined;
    event.preventDefault();
    if (jump.dataset.jumpMessage !== undefined) return this.transcript.show(this.transcript.byIndex(jump.dataset.jumpMessage));
    return this.criteria.choose(this.criteria.byLineage(jump.dataset.jumpCriterion), { focus: true });
  }

  draw() {
    const atMessage = new Map();
    for (const criterion of this.criteria.all) {
      const pins = this.of(criterion);
      criterion.querySelector("[data-evidence]").replaceChildren(...pins.map((pin, place) => this.line(pin, place)));
      for (const pin of pins) {
        const list = atMessage.get(pin.message) || new Map();
        list.set(criterion.dataset.criterion, criterion.dataset.number);
        atMessage.set(pin.message, list);
      }
    }
    for (const message of this.transcript.messages) this.drawAt(message, atMessage.get(Number(message.dataset.index)));
  }

  drawAt(message, criteria) {
    const place = message.querySelector(".message-pins");
    if (!place) return;
    place.replaceChildren(...[...(criteria || [])].map(([lineage, number]) => {
      const link = document.createElement("a");
      link.className = "pin";
      link.href = `#criterion-${number}`;
      link.dataset.jumpCriterion = lineage;
      link.textContent = number;
      link.setAttribute("aria-label", `Pinned to criterion ${number}`);
      return link;
    }));
  }

  line(pin, place) {
    const item = document.createElement("li");
    item.className = "quote";
    const link = document.createElement("a");
    link.href = `#message-${pin.message}`;
    link.dataset.jumpMessage = pin.message;
    const message = this.transcript.byIndex(pin.message);
    link.textContent = message?.querySelector("time")?.textContent || `#${pin.message + 1}`;
    const words = document.createElement("q");
    words.className = "quote-line";
    words.textContent = quoted(message, pin);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "icon-button icon-button-small";
    remove.dataset.removePin = place;
    remove.textContent = "×";
    remove.setAttribute("aria-label", "Remove this pin");
    item.append(link, words, remove);
    return item;
  }
}

function same(one, other) {
  return one.message === other.message && (one.start ?? null) === (other.start ?? null) && (one.end ?? null) === (other.end ?? null);
}

function quoted(message, pin) {
  const text = message?.querySelector("[data-words]")?.textContent || "";
  const whole = pin.start === undefined || pin.start === null;
  const part = whole ? text : text.slice(units(text, pin.start), units(text, pin.end));
  const line = part.trim().replace(/\s+/g, " ");
  return line || "(no words)";
}
