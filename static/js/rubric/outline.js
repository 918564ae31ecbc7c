// The outline: walked by arrow keys, arranged by Alt and arrow keys or by dragging.

export class Outline {
  constructor(editor, { page, arranger }) {
    this.page = page;
    this.arranger = arranger;
    this.dragged = null;
    editor.addEventListener("keydown", (event) => this.walked(event));
    for (const [keys, act] of [["Alt+ArrowUp", "up"], ["Alt+ArrowDown", "down"]]) {
      document.dispatchEvent(new CustomEvent("shortcut:register", {
        detail: { keys, says: editor.querySelector(`[data-move=${act}]`)?.title ?? act, group: "", run: () => this.move(act) },
      }));
    }
    for (const kind of ["dragstart", "dragover", "dragleave", "drop", "dragend"]) {
      editor.addEventListener(kind, (event) => this[kind](event));
    }
  }

  get lines() {
    return [...document.querySelectorAll("#edit-outline [data-at]")];
  }

  walked(event) {
    const line = event.target.closest("#edit-outline [data-at]");
    if (!line || event.altKey || event.ctrlKey || !["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const all = this.lines;
    const at = all.indexOf(line);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    all[Math.max(0, Math.min(all.length - 1, next))].focus();
  }

  // Moves the line in focus, else what is open.
  move(act) {
    const line = document.activeElement?.closest?.("#edit-outline [data-at]");
    const at = line?.dataset.at ?? this.page.at;
    if (at !== "settings") this.arranger.move(at, { do: act });
  }

  line(event) {
    return event.target.closest?.("#edit-outline [data-at]");
  }

  dragstart(event) {
    const line = this.line(event);
    if (!line || line.dataset.at === "settings") return;
    this.dragged = line.dataset.at;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", line.textContent.trim());
  }

  dragover(event) {
    const line = this.line(event);
    if (!this.dragged || !line || !this.target(line, event)) return;
    event.preventDefault();
    this.clear();
    line.dataset.drop = this.isBefore(line, event) ? "before" : "after";
  }

  dragleave() {
    this.clear();
  }

  drop(event) {
    const line = this.line(event);
    const target = this.dragged && line && this.target(line, event);
    this.clear();
    if (!target) return;
    event.preventDefault();
    this.arranger.move(this.dragged, { do: "place", ...target });
  }

  dragend() {
    this.dragged = null;
    this.clear();
  }

  clear() {
    for (const line of this.lines) delete line.dataset.drop;
  }

  isBefore(line, event) {
    const box = line.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  }

  // Where a drop on this line puts what is dragged: a section among sections, a criterion among criteria.
  target(line, event) {
    const at = line.dataset.at;
    if (at === this.dragged || at === "settings") return null;
    const isSection = this.dragged.startsWith("section.");
    const peers = this.lines.filter((one) => one.dataset.at.startsWith(isSection ? "section." : "criterion."));
    if (isSection) {
      if (!at.startsWith("section.")) return null;
      return { before: this.lineageOf(this.isBefore(line, event) ? line : peers[peers.indexOf(line) + 1]) };
    }
    const section = line.dataset.section ?? this.lineageOf(line);
    const inside = peers.filter((one) => one.dataset.section === section);
    if (at.startsWith("section.")) return { section, before: this.lineageOf(inside[0]) };
    const before = this.isBefore(line, event) ? line : inside[inside.indexOf(line) + 1];
    return { section, before: this.lineageOf(before) };
  }

  lineageOf(line) {
    return line ? line.dataset.at.replace(/^(section|criterion)\./, "") : "";
  }
}
