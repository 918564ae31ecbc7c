// Saves the open form a moment after the last change, one save at a time. A save that comes too late is told.
import { notify, post } from "../workspace/talk.js";
import { words } from "../workspace/words.js";

const QUIET = 600; // milliseconds without a change before a save
const RETRY = 5000;
const TELL = 10000;

export class Saver {
  constructor(editor, page) {
    this.editor = editor;
    this.page = page;
    this.dirty = false;
    this.saving = null;
    this.stopped = false;
    this.said = editor.querySelector("[data-saved]");
    this.ago = editor.querySelector("[data-saved-ago]");
    editor.addEventListener("input", (event) => this.noticed(event));
    editor.addEventListener("change", (event) => this.noticed(event));
    editor.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.now(); });
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-open-dialog=publish-dialog]")) this.now();
    });
    setInterval(() => this.tellAge(), TELL);
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

  soon() {
    this.dirty = true;
    if (this.stopped) return;
    this.say("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), QUIET);
  }

  // Saves together with one act of the form, such as one more answer; the form comes back changed.
  async act(what) {
    if (this.saving) await this.saving;
    if (this.stopped) return;
    this.dirty = true;
    this.form.inert = true;
    await this.now(what);
    if (this.form) this.form.inert = false;
  }

  // Resolves when everything typed so far is stored, or a problem was shown.
  async now(what = "") {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
    if (!this.dirty || this.stopped) return;
    this.say("saving");
    this.saving = this.send(what);
    await this.saving;
    this.saving = null;
  }

  data(what) {
    const data = new FormData(this.form);
    const example = document.querySelector("#worked-example form");
    if (example) for (const [name, value] of new FormData(example)) data.append(name, value);
    data.delete("do");
    if (what) data.set("do", what);
    return data;
  }

  async send(what) {
    this.dirty = false;
    const answer = await post(this.editor.dataset.save, this.data(what));
    if (answer.ok) return this.stored(answer.body, what);
    this.dirty = true;
    if (answer.status === 0 || answer.status >= 500) return this.offline(what);
    return this.refused(answer.body);
  }

  stored(body, what) {
    if (this.page.at !== body.at) return;
    if (this.form) this.form.inert = false;
    this.page.apply(body, { keepForm: !what || this.dirty });
    this.savedAt = Date.now();
    this.showErrors(body.errors);
    for (const subject of ["offline", "refused"]) notify(subject, "");
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

  offline(what) {
    this.say("not_saved");
    notify("offline", words("offline"), "caution");
    this.timer = setTimeout(() => this.now(what), RETRY);
  }

  refused(body) {
    this.say("not_saved");
    if (!["stale_part", "part_gone", "no_draft", "not_a_draft"].includes(body.code)) {
      notify("refused", body.sentence || words("not_stored"), "critical");
      return;
    }
    this.stopped = true;
    const theirs = { label: words("load_newer"), act: () => this.theirs() };
    const mine = { label: words("keep_mine"), act: () => this.mine(body.tag) };
    notify("stale", body.sentence, "caution", body.code === "stale_part" ? [theirs, mine] : [theirs]);
  }

  theirs() {
    this.dirty = false;
    window.location.reload();
  }

  mine(tag) {
    this.form.elements.tag.value = tag;
    this.stopped = false;
    notify("stale", "");
    this.soon();
  }

  say(key) {
    if (this.said.textContent !== words(key)) this.said.textContent = words(key);
    this.said.parentElement.dataset.state = key;
    this.ago.textContent = "";
  }

  tellAge() {
    if (this.said.parentElement.dataset.state !== "saved" || !this.savedAt) return;
    const seconds = Math.round((Date.now() - this.savedAt) / 1000);
    this.ago.textContent = seconds < 60 ? words("seconds_ago", { n: seconds }) : words("minutes_ago", { n: Math.floor(seconds / 60) });
  }
}
