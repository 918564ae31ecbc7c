// Comment templates: T, or the button beside a comment, opens the list; what is chosen is inserted at the cursor.
import { post } from "../saving/talk.js";
import { words } from "../saving/words.js";

export class Templates {
  constructor(form, { criteria, changed }) {
    this.criteria = criteria;
    this.changed = changed;
    this.dialog = document.getElementById("templates-dialog");
    this.list = this.dialog.querySelector("[data-picker]");
    this.search = this.dialog.querySelector("[data-picker-search]");
    this.none = this.dialog.querySelector("[data-picker-none]");
    this.keepForm = this.dialog.querySelector("[data-picker-keep]");
    this.error = this.dialog.querySelector("[data-picker-error]");
    this.values = JSON.parse(document.getElementById("template-values").textContent);
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-templates]");
      if (button) this.open(document.getElementById(button.dataset.templates));
    });
    this.search.addEventListener("input", () => this.filter());
    this.dialog.addEventListener("keydown", (event) => this.keys(event));
    this.list.addEventListener("click", (event) => this.chosen(event.target.closest("[data-text]")));
    this.keepForm.addEventListener("submit", (event) => {
      event.preventDefault();
      this.keep();
    });
  }

  // Opens the list for a field; without one, for the comment of the criterion in hand.
  open(field = this.criteria.current?.querySelector("[data-comment]")) {
    if (!field) return;
    this.field = field;
    this.criterion = field.closest("[data-criterion]");
    this.search.value = "";
    this.error.hidden = true;
    this.keepForm.hidden = !field.value.trim();
    this.order();
    this.filter();
    document.dispatchEvent(new CustomEvent("dialog:open", { detail: { id: "templates-dialog" } }));
    this.search.focus();
  }

  // Those of the criterion's skill come first; the order is the server's otherwise.
  order() {
    const skill = this.criterion?.dataset.skill || "";
    const items = [...this.list.children].sort((one, other) => this.place(one) - this.place(other));
    const fits = (item) => skill && item.dataset.skill === skill;
    this.list.append(...items.filter(fits), ...items.filter((item) => !fits(item)));
  }

  place(item) {
    this.places ??= new Map([...this.list.children].map((each, number) => [each, number]));
    if (!this.places.has(item)) this.places.set(item, this.places.size);
    return this.places.get(item);
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    const said = (item) => item.firstElementChild.dataset.name.toLowerCase() + item.firstElementChild.dataset.text.toLowerCase();
    for (const item of this.list.children) item.hidden = !said(item).includes(wanted);
    this.none.hidden = this.shown().length > 0;
    if (this.list.children.length) this.none.textContent = words("no_template");
  }

  shown() {
    return [...this.list.children].filter((item) => !item.hidden).map((item) => item.firstElementChild);
  }

  keys(event) {
    if (event.target.closest("[data-picker-keep]")) return;
    const items = this.shown();
    const place = items.indexOf(document.activeElement);
    if (event.key === "Enter" && event.target === this.search) {
      event.preventDefault();
      this.chosen(items[0]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = place + (event.key === "ArrowDown" ? 1 : -1);
      if (next < 0) this.search.focus();
      else items[Math.min(next, items.length - 1)]?.focus();
    }
  }

  chosen(item) {
    if (!item) return;
    this.dialog.close();
    const text = this.filled(item.dataset.text);
    const { field } = this;
    this.criteria.showPane();
    if (this.criterion) this.criteria.choose(this.criterion, { scroll: false });
    field.focus();
    const before = field.value.slice(0, field.selectionStart);
    const gap = before && !/\s$/.test(before) ? " " : "";
    field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.dispatchEvent(new CustomEvent("announce", { detail: { text: words("template_inserted", { name: item.dataset.name }) } }));
    this.changed();
  }

  filled(text) {
    const own = {
      ...this.values,
      criterion: this.criterion ? this.criteria.nameOf(this.criterion) : "",
      answer: this.answer(),
    };
    return text.replace(/\{(\w+)\}/g, (whole, word) => own[word] ?? whole);
  }

  // What is picked at this moment; the head of the criterion says it only after the next save.
  answer() {
    const picked = this.criterion?.querySelector("[data-key]:checked")?.parentElement.lastChild.textContent;
    return (picked ?? this.criterion?.querySelector("[data-text]")?.value ?? "").trim();
  }

  // What was written becomes a template of one's own.
  async keep() {
    const name = document.getElementById("picker-name");
    const data = new FormData();
    data.set("name", name.value);
    data.set("text", this.field.value);
    const answer = await post(this.dialog.querySelector("[data-keep]").dataset.keep, data);
    if (!answer.ok) return this.refused(answer.body.sentence || words("not_stored"));
    this.add(answer.body);
    name.value = "";
    this.dialog.close();
    document.dispatchEvent(new CustomEvent("announce", { detail: { text: words("template_kept", { name: answer.body.name }) } }));
    return this.field.focus();
  }

  refused(sentence) {
    this.error.textContent = sentence;
    this.error.hidden = false;
  }

  add({ name, text }) {
    const item = document.createElement("li");
    item.dataset.skill = "";
    const button = Object.assign(document.createElement("button"), { type: "button", className: "picker-item" });
    Object.assign(button.dataset, { name, text });
    const bold = Object.assign(document.createElement("b"), { textContent: name });
    const shown = Object.assign(document.createElement("span"), { className: "picker-text", textContent: text.slice(0, 160) });
    button.append(bold, shown);
    item.append(button);
    this.list.append(item);
  }
}
