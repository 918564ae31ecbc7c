// The buttons under the message in hand, for the mouse and for fingers: pin to the criterion in hand, comment here.
import { words } from "../saving/words.js";

export class Tools {
  constructor(form, { pins, notes, transcript }) {
    this.pins = pins;
    this.notes = notes;
    this.transcript = transcript;
    this.bar = document.getElementById("message-tools").content.firstElementChild.cloneNode(true);
    this.pin = this.bar.querySelector("[data-pin-here]");
    this.says = this.bar.querySelector("[data-says]");
    // Pressing a button would take away the selection that is to be pinned.
    this.bar.addEventListener("mousedown", (event) => event.preventDefault());
    this.bar.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("message-chosen", (event) => this.place(event.target));
    form.addEventListener("criterion-chosen", () => this.tell());
    document.addEventListener("selectionchange", () => this.tell());
  }

  place(message) {
    if (this.bar.parentElement !== message) message.append(this.bar);
    this.tell();
  }

  tell() {
    const pin = this.pins.candidate();
    if (!this.bar.isConnected || !pin) return;
    const isPinned = this.pins.has(pin);
    const { number } = this.pins.criteria.current.dataset;
    const text = words(isPinned ? "pinned" : pin.end ? "pin_words" : "pin", { n: number });
    if (this.says.textContent !== text) this.says.textContent = text;
    this.pin.setAttribute("aria-pressed", String(isPinned));
  }

  clicked(event) {
    if (event.target.closest("[data-note-here]")) return this.notes.open();
    if (event.target.closest("[data-pin-here]")) this.pins.toggle();
    return this.tell();
  }
}
