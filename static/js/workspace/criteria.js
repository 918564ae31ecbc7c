// The card: which criterion is in hand, and what the server says about each after a save.
export class Criteria {
  constructor(form) {
    this.form = form;
    this.pane = form.querySelector("[data-criteria]");
    this.all = [...form.querySelectorAll("[data-criterion]")];
    this.current = null;
    this.pane.addEventListener("focusin", (event) => this.follow(event.target));
    this.pane.addEventListener("click", (event) => this.follow(event.target));
    this.choose(this.firstOpen() || this.all[0], { scroll: false });
  }

  follow(target) {
    const criterion = target.closest("[data-criterion]");
    if (criterion) this.choose(criterion, { scroll: false });
  }

  shownOnes() {
    return this.all.filter((criterion) => !criterion.hidden);
  }

  firstOpen() {
    return this.shownOnes().find((criterion) => criterion.dataset.state === "untouched");
  }

  choose(criterion, { scroll = true, focus = false } = {}) {
    if (!criterion) return;
    this.current?.removeAttribute("aria-current");
    this.current = criterion;
    criterion.setAttribute("aria-current", "true");
    if (scroll) criterion.scrollIntoView({ block: "nearest" });
    if (focus) criterion.querySelector(".criterion-name").focus({ preventScroll: true });
  }

  move(step) {
    const shown = this.shownOnes();
    const place = shown.indexOf(this.current);
    this.choose(shown[Math.min(shown.length - 1, Math.max(0, place + step))], { focus: true });
  }

  // Picks an option of the criterion in hand by its key: a digit, or n.
  pick(key) {
    const option = this.current?.querySelector(`[data-key="${key}"]`);
    if (!option) return false;
    option.checked = true;
    option.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  comment() {
    this.current?.querySelector("[data-comment]")?.focus();
  }

  byLineage(lineage) {
    return this.all.find((criterion) => criterion.dataset.criterion === lineage);
  }

  show(body) {
    for (const criterion of this.all) {
      const said = body.criteria[criterion.dataset.criterion];
      if (said) this.showOne(criterion, said);
    }
    this.write("[data-score]", body.score || "–");
    this.write("[data-coverage]", body.coverage);
    this.write("[data-done]", body.done);
    this.write("[data-progress-words]", `${body.done} of ${body.asked} done`);
    const progress = this.form.querySelector("[data-progress]");
    progress.max = body.asked;
    progress.value = body.done;
  }

  showOne(criterion, said) {
    criterion.dataset.state = said.state;
    criterion.hidden = said.state === "not-asked";
    criterion.querySelector("[data-answer]").textContent = said.label;
    const needs = criterion.querySelector("[data-needs]");
    needs.replaceChildren(...said.needs.map((sentence) => {
      const line = document.createElement("p");
      line.className = "need";
      line.textContent = sentence;
      return line;
    }));
  }

  write(selector, words) {
    const place = this.form.querySelector(selector);
    if (place && place.textContent !== String(words)) place.textContent = words;
  }
}
