// Saves the whole form a moment after the last change, one save at a time. A save that comes too late is told.
import { notify, post } from "./talk.js";

const QUIET = 700; // milliseconds without a change before a save
const RETRY = 5000;
const ALIVE = 60000;

export class Autosave {
  constructor(form, { clock, onSaved }) {
    this.form = form;
    this.clock = clock;
    this.onSaved = onSaved;
    this.dirty = false;
    this.saving = null;
    this.stopped = false;
    this.said = form.querySelector("[data-saved]");
    form.addEventListener("input", (event) => this.noticed(event));
    form.addEventListener("change", (event) => this.noticed(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty && !this.stopped) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.dirty) this.now();
    });
    setInterval(() => this.keepAlive(), ALIVE);
  }

  noticed(event) {
    if (event.target.name && event.target.name !== "pane") this.soon();
  }

  soon() {
    this.dirty = true;
    this.say("Saving…");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), QUIET);
  }

  // Saves at once; resolves when everything typed so far is stored (or a problem was shown).
  async now() {
    clearTimeout(this.timer);
    if (this.saving) await this.saving;
    if (!this.dirty || this.stopped) return;
    this.saving = this.send();
    await this.saving;
    this.saving = null;
  }

  async send() {
    this.dirty = false;
    const seconds = this.clock.take();
    this.form.elements.active_seconds.value = seconds;
    const answer = await post(this.form.dataset.save, new FormData(this.form));
    if (answer.ok) return this.stored(answer.body);
    this.clock.giveBack(seconds);
    this.dirty = true;
    if (answer.status === 0 || answer.status >= 500) return this.offline();
    return this.refused(answer.body);
  }

  stored(body) {
    this.form.elements.number.value = body.number;
    if (!this.dirty) this.say("Saved");
    notify("lost", body.lost, "caution");
    notify("offline", "");
    this.onSaved(body);
  }

  offline() {
    this.say("Not saved yet");
    notify("offline", "The server cannot be reached. Keep this page open: everything is kept here and saved as soon as the connection is back.", "caution");
    this.timer = setTimeout(() => this.now(), RETRY);
  }

  refused(body) {
    this.say("Not saved");
    if (body.code === "stale_draft") return this.stale(body);
    if (body.code === "already_submitted") this.stopped = true;
    notify("refused", body.sentence || "This could not be saved. Reload the page and try again.", "critical");
  }

  // Another tab saved in between: the person decides which state stays.
  stale(body) {
    this.stopped = true;
    notify("stale", body.sentence, "caution", [
      { label: "Load the newer state", act: () => { this.dirty = false; window.location.reload(); } },
      { label: "Keep mine", act: () => { this.form.elements.number.value = body.number; this.stopped = false; notify("stale", ""); this.soon(); } },
    ]);
  }

  async keepAlive() {
    if (this.stopped || document.hidden) return;
    const data = new FormData();
    const answer = await post(this.form.dataset.keepAlive, data);
    if (answer.ok) notify("lost", answer.body.lost, "caution");
  }

  say(words) {
    if (this.said && this.said.textContent !== words) this.said.textContent = words;
  }
}
