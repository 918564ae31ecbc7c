// Comments at a message that belong to no criterion: kept as hidden fields named "note", shown under the card.
export class Notes {
  constructor(form, { transcript, changed }) {
    this.list = form.querySelector("[data-notes]");
    this.transcript = transcript;
    this.changed = changed;
    const given = [...this.list.querySelectorAll("[data-note-message]")];
    this.list.replaceChildren();
    for (const item of given) this.add(Number(item.dataset.noteMessage), item.dataset.noteText);
    this.list.addEventListener("input", (event) => this.store(event.target.closest("li")));
    this.list.addEventListener("click", (event) => {
      if (event.target.closest("[data-remove-note]")) {
        event.target.closest("li").remove();
        this.changed();
      }
    });
  }

  // Opens a comment at the focused message.
  open() {
    const message = this.transcript.current;
    if (!message) return false;
    this.add(Number(message.dataset.index), "").querySelector("textarea").focus();
    return true;
  }

  add(index, text) {
    const item = document.createElement("li");
    item.className = "note-item field";
    item.dataset.index = index;
    const label = document.createElement("label");
    label.htmlFor = `note-${index}-${this.list.children.length}`;
    const link = document.createElement("a");
    link.href = `#message-${index}`;
    link.dataset.jumpMessage = index;
    link.textContent = `message ${index + 1}`;
    label.append("Comment at ", link);
    const area = document.createElement("textarea");
    area.id = label.htmlFor;
    area.rows = 2;
    area.maxLength = 10000;
    area.value = text;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "note";
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button-small button-quiet";
    remove.dataset.removeNote = "";
    remove.textContent = "Remove";
    item.append(label, area, field, remove);
    this.list.append(item);
    this.store(item, { silent: true });
    return item;
  }

  store(item, { silent = false } = {}) {
    const text = item.querySelector("textarea").value;
    item.querySelector("input").value = text.trim() ? JSON.stringify({ message: Number(item.dataset.index), text }) : "";
    if (!silent) this.changed();
  }
}
