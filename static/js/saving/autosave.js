// Saves what is typed a moment after the last change, one save at a time, and says where it stands. A lost connection is
// tried again; a save that comes too late stops everything until the person has decided. Whoever uses it says where to
// (`url`), what (`data`), and what comes of an answer (`stored`, `refused`).
import { notify, post } from "./talk.js";
import { words } from "./words.js";

const RETRY = 5000;
const TELL = 10000;

export class Autosave {
  constructor(root, { quiet }) {
    this.root = root;
    this.quiet = quiet; // milliseconds without a change before a save
    this.dirty = false;
    this.saving = null;
    this.stopped = false;
    this.said = root.querySelector("[data-saved]");
    this.ago = root.querySelector("[data-saved-ago]");
    root.addEventListener("input", (event) => this.noticed(event));
    root.addEventListener("change", (event) => this.noticed(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty && !this.leaves) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.now(); });
    setInterval(() => this.tellAge(), TELL);
  }

  // What may be left behind though it is not stored: nothing, unless somebody knows better.
  get leaves() {
    return false;
  }

  soon() {
    this.dirty = true;
    if (this.stopped) return;
    this.say("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), this.quiet);
  }

  // Saves at once; resolves when everything typed so far is stored, or a problem was shown.
  async now(what = "") {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
    if (!this.dirty || this.stopped) return;
    this.say("saving");
    this.saving = this.send(what);
    await this.saving;
    this.saving = null;
  }

  async send(what) {
    this.dirty = false;
    const answer = await post(this.url, this.data(what));
    if (answer.ok) {
      this.savedAt = Date.now();
      for (const subject of ["offline", "refused"]) notify(subject, "");
      return this.stored(answer.body, what);
    }
    this.dirty = true;
    this.say("not_saved");
    this.failed?.();
    if (answer.status === 0 || answer.status >= 500) return this.offline(what);
    return this.refused(answer.body);
  }

  offline(what) {
    notify("offline", words("offline"), "caution");
    this.timer = setTimeout(() => this.now(what), RETRY);
  }

  told(body) {
    notify("refused", body.sentence || words("not_stored"), "critical");
  }

  // Somebody else, or another tab, saved in between: the person decides which state stays.
  stale(sentence, keepMine) {
    this.stopped = true;
    this.say("not_saved");
    const theirs = { label: words("load_newer"), act: () => { this.dirty = false; window.location.reload(); } };
    const mine = { label: words("keep_mine"), act: () => { keepMine(); this.goOn(); } };
    notify("stale", sentence, "caution", keepMine ? [theirs, mine] : [theirs]);
  }

  goOn() {
    this.stopped = false;
    notify("stale", "");
    this.soon();
  }

  say(key) {
    this.said.ariaBusy = String(key === "saving"); // to be heard when it is done, not while it is on its way
    if (this.said.textContent !== words(key)) this.said.textContent = words(key);
    this.said.parentElement.dataset.state = key;
    this.ago.textContent = "";
  }

  // Only for the eye: a screen reader hears "Saved" once.
  tellAge() {
    if (this.said.parentElement.dataset.state !== "saved" || !this.savedAt) return;
    const seconds = Math.round((Date.now() - this.savedAt) / 1000);
    this.ago.textContent = seconds < 60 ? words("seconds_ago", { n: seconds }) : words("minutes_ago", { n: Math.floor(seconds / 60) });
  }
}
