// The draft of a review: the whole form is saved, and the hold on the item is kept alive while the page is open.
import { Autosave } from "../saving/autosave.js";
import { notify, post } from "../saving/talk.js";

const QUIET = 700;
const ALIVE = 60000;

export class Draft extends Autosave {
  constructor(form, { clock, onSaved }) {
    super(form, { quiet: QUIET });
    this.form = form;
    this.clock = clock;
    this.onSaved = onSaved;
    this.url = form.dataset.save;
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.keepAlive(); });
    setInterval(() => this.keepAlive(), ALIVE);
  }

  get leaves() {
    return this.stopped;
  }

  noticed(event) {
    if (event.target.name && event.target.name !== "pane") this.soon();
  }

  data() {
    this.seconds = this.clock.take();
    this.form.elements.active_seconds.value = this.seconds;
    return new FormData(this.form);
  }

  failed() {
    this.clock.giveBack(this.seconds);
  }

  stored(body) {
    this.form.elements.number.value = body.number;
    if (!this.dirty) this.say("saved");
    notify("lost", body.lost, "caution");
    this.onSaved(body);
  }

  refused(body) {
    if (body.code === "stale_draft") return this.late(body);
    if (body.code === "already_submitted") this.stopped = true;
    return this.told(body);
  }

  // Another tab saved in between.
  late(body) {
    this.stale(body.sentence, () => { this.form.elements.number.value = body.number; });
  }

  async keepAlive() {
    if (this.stopped || document.hidden) return;
    const answer = await post(this.form.dataset.keepAlive, new FormData());
    if (!answer.ok) return;
    notify("lost", answer.body.lost, "caution");
    for (const one of answer.body.news) this.tell(one);
  }

  // What happened to the rubric or the conversation meanwhile. It is said once, and changes nothing here.
  tell({ subject, sentence, label, url }) {
    if (document.querySelector(`[data-notices] [data-subject~="${subject}"]`)) return;
    const look = () => this.now().then(() => window.location.assign(url));
    notify(subject, sentence, "accent", url ? [{ label, act: look }] : []);
  }
}
