// What was sent in vain, or stood in a form when the page had to go (the session had ended, it was too old), comes back into its form when its writer opens it again.
// It stays in this tab, for this person only, until a page answers; passwords, files and hidden fields are never kept.

const TYPED = "typed";
const person = document.querySelector("meta[name=person]")?.content;
const isDoor = document.querySelector("main.door") !== null;

function kept() {
  try { return JSON.parse(sessionStorage.getItem(TYPED)); } catch { return null; }
}

function keep(value) {
  try { value ? sessionStorage.setItem(TYPED, JSON.stringify(value)) : sessionStorage.removeItem(TYPED); } catch { /* full, or switched off */ }
}

const fieldsOf = (form) => [...form.elements].filter((each) => each.name && each.matches(
  "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=submit], [autocomplete=one-time-code])",
));
const isTick = (field) => ["checkbox", "radio"].includes(field.type);
const isWritten = (field) => field.matches("textarea, input:not([type])") || ["text", "url", "search"].includes(field.type);

function remember(form) {
  const fields = fieldsOf(form);
  keep(person && fields.some((each) => isWritten(each) && each.value) ? {
    person,
    path: location.pathname,
    action: form.action,
    fields: fields.map((each) => [each.name, isTick(each) ? each.checked : each.value]),
  } : null);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || isDoor || form.method !== "post" || form.matches("[hx-post], [data-repeatable]")) return;
  remember(form);
});

// The page goes to the log-in by itself, because a part that it asked for in the background met the end of the session.
let edited = null;
document.addEventListener("input", (event) => { edited = event.target.form ?? edited; });
document.addEventListener("page:leaving", () => {
  if (edited?.isConnected && edited.method === "post" && !isDoor) remember(edited);
});

function restore({ action, fields }) {
  const form = [...document.forms].find((each) => each.method === "post" && each.action === action);
  if (!form) return;
  const left = [...fields];
  fieldsOf(form).forEach((field) => {
    const at = left.findIndex(([name]) => name === field.name);
    if (at < 0) return;
    const [[, value]] = left.splice(at, 1);
    if (isTick(field)) field.checked = value;
    else field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  for (let around = form.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  const dialog = form.closest("dialog");
  if (dialog) document.dispatchEvent(new CustomEvent("dialog:open", { detail: { id: dialog.id } }));
  fieldsOf(form).find((each) => isWritten(each) && each.value)?.focus();
  const text = document.querySelector("meta[name=words-typed]").content;
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "caution" } }));
}

const typed = kept();
if (typed && isDoor) keep({ ...typed, isInterrupted: true });
else if (typed && typed.isInterrupted && typed.person === person && typed.path !== location.pathname) { /* still on the way back */ }
else if (typed) {
  keep(null);
  // Every module has begun to listen by then
  if (typed.isInterrupted && typed.person === person) requestAnimationFrame(() => restore(typed));
}
