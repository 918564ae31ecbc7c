// The keyboard map. Letters work when no text field has the focus; Esc leaves a field; Ctrl keys work everywhere.
// The letters can be turned off on a device, as on every page: they get in the way of speech input.
const PATIENCE = 1200;
const SWITCH = "keys-off";
const ARROWS = ["ArrowDown", "ArrowUp"];

export function bindKeys(form, { criteria, transcript, pins, notes, templates, autosave, submit }) {
  let begunAt = -Infinity;

  const plain = {
    j: () => criteria.move(1),
    k: () => criteria.move(-1),
    c: () => criteria.comment(),
    p: () => pins.toggle(),
    m: () => notes.open(),
    s: () => toSummary(),
    t: () => templates.open(),
    u: () => autosave.now().then(() => form.querySelector("[data-undo]:not([hidden])")?.click()),
    n: () => criteria.pick("n"),
    ArrowDown: () => transcript.move(1),
    ArrowUp: () => transcript.move(-1),
    "/": () => transcript.toSearch(),
  };

  form.querySelector("[data-keys]").addEventListener("click", showKeys);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return undefined;
    if (event.ctrlKey || event.metaKey) return withControl(event);
    if (event.key === "Escape" && isTyping(event.target)) return act(event, () => leave(event.target));
    if (isTyping(event.target) || event.altKey) return undefined;
    if (event.key === "?") return act(event, showKeys);
    return localStorage.getItem(SWITCH) === null ? withoutControl(event) : undefined;
  });

  function withControl(event) {
    if (event.key === "s") act(event, () => { autosave.dirty = true; return autosave.now(); });
    else if (event.key === "Enter") act(event, submit);
  }

  function withoutControl(event) {
    const goes = event.key === "q" && performance.now() - begunAt < PATIENCE;
    begunAt = event.key === "g" ? performance.now() : -Infinity;
    if (goes) return act(event, () => autosave.now().then(() => window.location.assign(form.dataset.queue)));
    if (/^[0-9=]$/.test(event.key)) return act(event, () => criteria.pick(event.key));
    // Arrows move between the options of a question while one of them has the focus, as everywhere.
    const native = ARROWS.includes(event.key) && event.target.matches("input[type=radio], summary, [data-criteria]");
    return plain[event.key] && !native ? act(event, plain[event.key]) : undefined;
  }

  // Out of a field the focus goes to what the field belongs to, never into nothing.
  function leave(field) {
    const criterion = field.closest("[data-criterion]");
    if (field === transcript.search) transcript.leaveSearch();
    else if (criterion) criteria.choose(criterion, { focus: true, scroll: false });
    else field.blur();
  }

  function toSummary() {
    criteria.showPane();
    document.getElementById("summary").focus();
  }
}

function act(event, work) {
  event.preventDefault();
  return work();
}

function showKeys() {
  document.querySelector("#keys-dialog [data-keys-switch]").checked = localStorage.getItem(SWITCH) === null;
  document.dispatchEvent(new CustomEvent("dialog:open", { detail: { id: "keys-dialog" } }));
}

// Radio buttons are not typing: digits pick options while one has the focus.
function isTyping(target) {
  return target.matches?.("textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]");
}
