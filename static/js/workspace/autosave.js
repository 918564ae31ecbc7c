// Saves the whole form a moment after the last change, one save at a time. A save that comes too late is told.
import { notify, post } from "./talk.js";
import { words } from "./words.js";

const QUIET = 700; // milliseconds without a change before a save
const RETRY = 5000;
const ALIVE = 60000;
const TELL = 10000;

export class Autosave {
  constructor(form, { clock, onSaved }) {
    this.form = form;
    this.clock = clock;
    this.onSaved = onSaved;
    this.dirty = false;
    this.saving = null;
    this.stopped = false;
    this.said = form.querySelector("[data-saved]");
    this.ago = form.querySelector("[data-saved-ago]");
    form.addEventListener("input", (event) => this.noticed(event));
    form.addEventListener("change", (event) => this.noticed(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty && !this.stopped) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.now();
      else this.keepAlive();
    });
    setInterval(() => this.keepAlive(), ALIVE);
    setInterval(() => this.tellAge(), TELL);
  }

  noticed(event) {
    if (event.target.name && event.target.name !== "pane") this.soon();
  }

  soon() {
    this.dirty = true;
    if (this.stopped) return;
    this.say("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), QUIET);
  }

  // Saves at once; resolves when everything typed so far is stored (or a problem was shown).
  async now() {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
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
    this.savedAt = Date.now();
    if (!this.dirty) this.say("saved");
    notify("lost", body.lost, "caution");
    for (const subject of ["offline", "refused"]) notify(subject, "");
    this.onSaved(body);
  }

  offline() {
    this.say("not_saved");
    notify("offline", words("offline"), "caution");
    this.timer = setTimeout(() => this.now(), RETRY);
  }

  refused(body) {
    this.say("not_saved");
    if (body.code === "stale_draft") return this.stale(body);
    if (body.code === "already_submitted") this.stopped = true;
    notify("refused", body.sentence || words("not_stored"), "critical");
  }

  // Another tab saved in between: the person decides which state stays.
  stale(body) {
    this.stopped = true;
    this.say("not_saved");
    notify("stale", body.sentence, "caution", [
      { label: words("load_newer"), act: () => { this.dirty = false; window.location.reload(); } },
      { label: words("keep_mine"), act: () => this.keepMine(body.number) },
    ]);
  }

  keepMine(number) {
    this.form.elements.number.value = number;
    this.stopped = false;
    notify("stale", "");
    this.soon();
  }

  async keepAlive() {
    if (this.stopped || document.hidden) return;
    const answer = await post(this.form.dataset.keepAlive, new FormData());
    if (answer.ok) notify("lost", answer.body.lost, "caution");
  }

  say(key) {
    if (this.said.textContent !== words(key)) this.said.textContent = words(key);
    this.said.parentElement.dataset.state = key;
    this.ago.textContent = "";
  }

  // Only for the eye: a screen reader hears "Saved" once.
  tellAge() {
    if (this.said.parentElement.dataset.state !== "saved") return;
    const seconds = Math.round((Date.now() - this.savedAt) / 1000);
    this.ago.textContent = seconds < 60 ? words("seconds_ago", { n: seconds }) : words("minutes_ago", { n: Math.floor(seconds / 60) });
  }
}
