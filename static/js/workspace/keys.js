// The keyboard map. Letters work when no text field has the focus; Esc leaves a field; Ctrl keys work everywhere.
export function bindKeys(form, { criteria, transcript, pins, notes, autosave, submit }) {
  let waitsForG = false;

  const plain = {
    j: () => criteria.move(1),
    k: () => criteria.move(-1),
    c: () => criteria.comment(),
    p: () => pins.toggle(),
    m: () => notes.open(),
    s: () => document.getElementById("summary").focus(),
    n: () => criteria.pick("n"),
    ArrowDown: () => transcript.move(1),
    ArrowUp: () => transcript.move(-1),
    "/": () => focusSearch(form),
    "?": () => document.getElementById("keys-dialog").showModal(),
  };

  form.querySelector("[data-keys]")?.addEventListener("click", plain["?"]);
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.ctrlKey || event.metaKey) return withControl(event);
    if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
    if (isTyping(event.target) || event.altKey) return undefined;
    return withoutControl(event);
  });

  function withControl(event) {
    if (event.key === "s") {
      event.preventDefault();
      autosave.dirty = true;
      autosave.now();
    } else if (event.key === "Enter") {
      event.preventDefault();
      submit();
    }
  }

  function withoutControl(event) {
    if (waitsForG) {
      waitsForG = false;
      if (event.key === "q") return autosave.now().then(() => window.location.assign(form.dataset.queue));
    }
    if (event.key === "g") {
      waitsForG = true;
      return undefined;
    }
    const act = /^[1-9]$/.test(event.key) ? () => criteria.pick(event.key) : plain[event.key];
    if (!act) return undefined;
    event.preventDefault();
    return act();
  }
}

// Radio buttons are not typing: digits pick options while one has the focus.
function isTyping(target) {
  return target.matches?.("textarea, select, input:not([type=radio]):not([type=checkbox]), [contenteditable]");
}

function focusSearch(form) {
  const choice = form.querySelector('[name="pane"][value="transcript"]');
  if (choice) choice.checked = true;
  form.querySelector("[data-search]")?.focus();
}
