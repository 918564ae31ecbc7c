// Submit and next: everything typed is in the form that is sent; what is missing is listed and focused.
import { notify, post } from "../saving/talk.js";
import { words } from "../saving/words.js";

const LISTED = 8;
const UNDO = "submitted"; // of this tab: the review that was submitted last

// What was submitted a moment ago can be opened again from the next review.
export function showUndo(form) {
  const undo = JSON.parse(sessionStorage.getItem(UNDO) ?? "null");
  sessionStorage.removeItem(UNDO);
  const link = form.querySelector("[data-undo]");
  if (!undo || !link) return;
  link.href = undo.url;
  link.firstElementChild.textContent = undo.words;
  link.hidden = false;
}

function remember(undo) {
  if (undo) sessionStorage.setItem(UNDO, JSON.stringify(undo));
}

export function bindSubmit(form, { autosave, criteria, clock }) {
  const button = form.querySelector("button[type=submit]");
  let lacking = []; // what the last attempt named, less what was filled in since
  form.addEventListener("criteria-shown", () => fewer());

  async function submit() {
    if (button.disabled) return;
    button.disabled = true;
    await autosave.now();
    if (!autosave.stopped) await send();
    button.disabled = false;
  }

  async function send() {
    const seconds = clock.take();
    form.elements.active_seconds.value = seconds;
    const answer = await post(form.action, new FormData(form));
    if (!answer.ok) {
      clock.giveBack(seconds);
      return told(answer);
    }
    autosave.dirty = false;
    autosave.stopped = true;
    remember(answer.body.undo);
    window.location.assign(answer.body.next);
    return new Promise(() => {}); // the page is leaving: nothing may be pressed any more
  }

  function told(answer) {
    if (answer.status === 0) return notify("submit", words("submit_offline"), "caution");
    if (answer.body.code === "stale_draft") return autosave.late(answer.body);
    const problems = answer.body.problems || [];
    lacking = [...new Set(problems.map((problem) => criteria.byLineage(problem.criterion)).filter(Boolean))];
    notify("submit", answer.body.sentence || words("not_submitted"), "critical", links(lacking));
    for (const criterion of lacking) mark(criterion, problems);
    if (lacking.length) focus(lacking[0], problems);
    return undefined;
  }

  // What is filled in leaves the list, so that it never names what is done.
  function fewer() {
    const left = lacking.filter((criterion) => !criterion.hidden && criteria.isOpen(criterion));
    if (left.length === lacking.length) return;
    lacking = left;
    const sentence = left.length === 1 ? words("one_missing") : words("missing", { n: left.length });
    notify("submit", left.length ? sentence : "", "critical", links(left));
  }

  function links(lacking) {
    const choices = lacking.slice(0, LISTED).map((criterion) => ({
      label: `${criterion.dataset.number} ${criteria.nameOf(criterion)}`,
      act: () => criteria.choose(criterion, { focus: true }),
    }));
    const rest = lacking.length - LISTED;
    if (rest > 0) choices.push({ label: words("more", { n: rest }), act: () => criteria.choose(lacking[LISTED], { focus: true }) });
    return choices;
  }

  function mark(criterion, problems) {
    if (criterion.querySelector(".need")) return; // it says what it needs, more briefly
    const own = problems.filter((problem) => problem.criterion === criterion.dataset.criterion);
    criteria.showNeeds(criterion, own.map((problem) => problem.sentence));
  }

  function focus(criterion, problems) {
    const first = problems.find((problem) => problem.criterion === criterion.dataset.criterion);
    criteria.choose(criterion, { focus: true });
    if (first.code === "comment_required") criteria.comment();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  // Enter in a line of text or on an option would submit the whole review.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input")) event.preventDefault();
  });
  return submit;
}
