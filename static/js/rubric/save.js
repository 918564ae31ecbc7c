// The open part of a rubric: its form is saved as it is typed, and an act of the form, such as one more answer, with it.
import { Autosave } from "../saving/autosave.js";
import { notify } from "../saving/talk.js";
import { words } from "../saving/words.js";

const QUIET = 600;
const LATE = ["stale_part", "part_gone", "no_draft", "not_a_draft"];

export class Saver extends Autosave {
  constructor(editor, page) {
    super(editor, { quiet: QUIET });
    this.page = page;
    this.url = editor.dataset.save;
    editor.addEventListener("submit", (event) => this.submitted(event));
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-open-dialog=publish-dialog]")) this.now();
    });
  }

  get form() {
    return document.querySelector("form[data-part]");
  }

  // What is typed and not stored holds its form on the page.
  get holds() {
    return this.dirty || this.stopped;
  }

  noticed(event) {
    const field = event.target;
    if (!field.name || field.form !== this.form) return;
    if (field.matches("[data-titles]")) this.title(field.value);
    if (field.dataset.do) {
      if (event.type === "change") this.act(field.dataset.do);
    } else this.soon();
  }

  submitted(event) {
    if (event.target !== this.form) return;
    event.preventDefault();
    this.act(event.submitter?.value ?? "");
  }

  title(text) {
    const title = document.querySelector("#edit-form [data-title]");
    if (title) title.textContent = text;
  }

  // Saves together with one act of the form; the form comes back changed.
  async act(what) {
    if (this.saving) await this.saving;
    if (this.stopped) return;
    this.dirty = true;
    this.form.inert = true;
    await this.now(what);
    if (this.form) this.form.inert = false;
  }

  data(what) {
    const data = new FormData(this.form);
    const example = document.querySelector("#worked-example form");
    if (example) for (const [name, value] of new FormData(example)) data.append(name, value);
    data.delete("do");
    if (what) data.set("do", what);
    return data;
  }

  stored(body, what) {
    if (this.page.at !== body.at) return;
    if (this.form) this.form.inert = false;
    this.page.apply(body, { keepForm: !what || this.dirty });
    this.showErrors(body.errors);
    if (what && body.focus) this.page.focusOn(body.focus);
    if (this.dirty) this.soon();
    else this.say("saved");
  }

  showErrors(errors) {
    for (const slot of this.form.querySelectorAll("[data-error]")) {
      const sentence = errors[slot.dataset.error] ?? "";
      const field = this.form.querySelector(`[name="${slot.dataset.error}"]`);
      slot.hidden = !sentence;
      slot.textContent = sentence;
      slot.id = `error-${slot.dataset.error}`;
      if (!field) continue;
      if (sentence) {
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", slot.id);
      } else {
        field.removeAttribute("aria-invalid");
        field.removeAttribute("aria-describedby");
      }
    }
    const count = Object.keys(errors).length;
    notify("fields", count ? words("fields_wrong", { n: count }) : "", "caution");
  }

  // What somebody else changed meanwhile can be kept as it is here; what is gone can only be loaded anew.
  refused(body) {
    if (!LATE.includes(body.code)) return this.told(body);
    const keepMine = () => { this.form.elements.tag.value = body.tag; };
    return this.stale(body.sentence, body.code === "stale_part" ? keepMine : null);
  }
}
