// Comments at a message that belong to no criterion: kept as hidden fields named "note", shown under the card.
import { words } from "../saving/words.js";

let made = 0;

export class Notes {
  constructor(form, { criteria, transcript, changed }) {
    this.list = form.querySelector("[data-notes]");
    this.criteria = criteria;
    this.transcript = transcript;
    this.changed = changed;
    const given = [...this.list.querySelectorAll("[data-note-message]")];
    this.list.replaceChildren();
    for (const item of given) this.add(Number(item.dataset.noteMessage), item.dataset.noteText);
    this.list.addEventListener("input", (event) => this.store(event.target.closest("li")));
    this.list.addEventListener("click", (event) => this.clicked(event));
  }

  // Opens a comment at the message in hand.
  open() {
    const message = this.transcript.current;
    if (!message) return;
    this.criteria.showPane();
    this.add(Number(message.dataset.index), "").querySelector("textarea").focus();
  }

  clicked(event) {
    if (!event.target.closest("[data-remove-note]")) return;
    event.target.closest("li").remove();
    document.getElementById("summary").focus();
    this.changed();
  }

  add(index, text) {
    const item = document.createElement("li");
    item.className = "note-item field";
    item.dataset.index = index;
    const id = `note-${(made += 1)}`;
    const label = Object.assign(document.createElement("label"), { htmlFor: id });
    label.append(...this.labelled(index));
    const area = Object.assign(document.createElement("textarea"), { id, rows: 2, maxLength: 10000, value: text });
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "note" });
    const remove = Object.assign(document.createElement("button"), {
      type: "button", className: "button button-small button-quiet", textContent: words("remove"),
    });
    remove.dataset.removeNote = "";
    item.append(label, area, field, remove);
    this.list.append(item);
    this.keep(item);
    return item;
  }

  // "Comment at message 3", with the way to it.
  labelled(index) {
    const link = document.createElement("a");
    link.href = `#message-${index}`;
    link.dataset.jumpMessage = index;
    link.textContent = words("message", { n: index + 1 });
    const [before, after] = words("comment_at", { message: "\n" }).split("\n");
    return [before, link, after];
  }

  store(item) {
    this.keep(item);
    this.changed();
  }

  keep(item) {
    const text = item.querySelector("textarea").value;
    const note = { message: Number(item.dataset.index), text };
    item.querySelector("input").value = text.trim() ? JSON.stringify(note) : "";
  }
}
