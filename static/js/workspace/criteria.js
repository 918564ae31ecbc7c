// The card: which criterion is in hand, and what the server says about each after a save.
import { announce, iconOf, words } from "../saving/words.js";

export class Criteria {
  constructor(form) {
    this.form = form;
    this.pane = form.querySelector("[data-criteria]");
    this.all = [...form.querySelectorAll("[data-criterion]")];
    this.current = null;
    form.dataset.live = ""; // from here on a criterion that is not in hand is folded
    this.pane.addEventListener("focusin", (event) => this.follow(event.target));
    this.pane.addEventListener("click", (event) => this.follow(event.target));
    this.choose(this.firstOpen() || this.all[0], { scroll: false });
  }

  follow(target) {
    const criterion = target.closest("[data-criterion]");
    if (criterion && criterion !== this.current) this.choose(criterion, { scroll: false });
  }

  shownOnes() {
    return this.all.filter((criterion) => !criterion.hidden);
  }

  firstOpen() {
    return this.shownOnes().find((criterion) => this.isOpen(criterion));
  }

  isOpen(criterion) {
    return /^(untouched|needs)/.test(criterion.dataset.state);
  }

  choose(criterion, { scroll = true, focus = false } = {}) {
    if (!criterion) return;
    this.mark(this.current, false);
    this.current = criterion;
    this.mark(criterion, true);
    if (focus) {
      this.showPane();
      criterion.querySelector("[data-open-criterion]").focus({ preventScroll: true });
    }
    if (scroll) criterion.scrollIntoView({ block: "nearest" });
    criterion.dispatchEvent(new CustomEvent("criterion-chosen", { bubbles: true }));
  }

  mark(criterion, isCurrent) {
    criterion?.toggleAttribute("aria-current", isCurrent);
    if (isCurrent) criterion.setAttribute("aria-current", "true");
    criterion?.querySelector("[data-open-criterion]").setAttribute("aria-expanded", String(isCurrent));
  }

  // On a narrow screen one pane shows at a time.
  showPane() {
    this.form.querySelector('[name="pane"][value="rubric"]').checked = true;
  }

  move(step) {
    const shown = this.shownOnes();
    const place = shown.indexOf(this.current);
    this.choose(shown[Math.min(shown.length - 1, Math.max(0, place + step))], { focus: true });
  }

  // Picks an option of the criterion in hand by its key: a digit, = for the ten of a scale of figures, or n.
  pick(key) {
    const option = this.current?.querySelector(`[data-key="${key}"]`);
    if (!option) return false;
    option.checked = true;
    option.dispatchEvent(new Event("change", { bubbles: true }));
    // The focus is elsewhere, so nothing else would say what was picked.
    const answer = option.parentElement.lastChild.textContent.trim();
    announce(words("picked", { answer, n: this.current.dataset.number }));
    return true;
  }

  comment() {
    this.showPane();
    this.current?.querySelector("[data-comment]").focus();
  }

  byLineage(lineage) {
    return this.all.find((criterion) => criterion.dataset.criterion === lineage);
  }

  nameOf(criterion) {
    return criterion.querySelector("[data-open-criterion]").textContent;
  }

  show(body) {
    for (const criterion of this.all) {
      const said = body.criteria[criterion.dataset.criterion];
      if (said) this.showOne(criterion, said);
    }
    if (this.current.hidden) this.choose(this.firstOpen() || this.shownOnes()[0], { scroll: false });
    this.write("[data-score]", body.score || "–");
    this.write("[data-coverage]", body.coverage);
    this.write("[data-done]", body.done);
    this.write("[data-progress-words]", body.progress);
    const progress = this.form.querySelector("[data-progress]");
    progress.max = body.asked;
    progress.value = body.done;
    this.form.dispatchEvent(new CustomEvent("criteria-shown"));
  }

  showOne(criterion, said) {
    criterion.hidden = said.state === "not-asked";
    criterion.querySelector("[data-answer]").textContent = said.label;
    if (criterion.dataset.state !== said.state) {
      criterion.dataset.state = said.state;
      criterion.querySelector(".criterion-answer .icon")?.remove();
      criterion.querySelector(".criterion-answer").prepend(iconOf(said.state));
    }
    this.showNeeds(criterion, said.needs);
  }

  showNeeds(criterion, sentences) {
    const needs = criterion.querySelector("[data-needs]");
    const there = [...needs.children].map((line) => line.textContent);
    if (there.join("\n") === sentences.join("\n")) return;
    needs.replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.className = "need";
      const text = document.createElement("span");
      text.textContent = sentence;
      line.append(iconOf("need"), text);
      return line;
    }));
  }

  write(selector, text) {
    const place = this.form.querySelector(selector);
    if (place && place.textContent !== String(text)) place.textContent = text;
  }
}
