// Submit and next: everything typed is in the form that is sent; what is missing is listed and focused.
import { notify, post } from "./talk.js";

export function bindSubmit(form, { autosave, criteria, clock }) {
  const button = form.querySelector("button[type=submit]");

  async function submit() {
    if (button.disabled) return;
    button.disabled = true;
    await autosave.now();
    form.elements.active_seconds.value = clock.take();
    const answer = await post(form.action, new FormData(form));
    if (answer.ok) {
      autosave.dirty = false;
      autosave.stopped = true;
      window.location.assign(answer.body.next);
      return;
    }
    button.disabled = false;
    told(answer);
  }

  function told(answer) {
    if (answer.status === 0) return notify("submit", "The server cannot be reached. Nothing is lost: try again in a moment.", "caution");
    notify("submit", answer.body.sentence || "This could not be submitted. Try again.", "critical");
    const problems = answer.body.problems || [];
    for (const problem of problems) mark(problem);
    const first = problems.length ? criteria.byLineage(problems[0].criterion) : null;
    if (!first) return undefined;
    criteria.choose(first, { focus: problems[0].code !== "comment_required" });
    if (problems[0].code === "comment_required") criteria.comment();
    return undefined;
  }

  function mark(problem) {
    const criterion = criteria.byLineage(problem.criterion);
    if (!criterion) return;
    const line = document.createElement("p");
    line.className = "need";
    line.textContent = problem.sentence;
    const needs = criterion.querySelector("[data-needs]");
    if (![...needs.children].some((other) => other.textContent.trim() === problem.sentence)) needs.append(line);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  return submit;
}
