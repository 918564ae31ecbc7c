// Keyboard shortcuts, told in the DOM: <a data-shortcut="g q" data-shortcut-says="Queue">. Pressing it clicks or focuses.
// A widget with a life of its own registers by event:
//   document.dispatchEvent(new CustomEvent("shortcut:register", {
//     detail: { keys: "j", says: "Next criterion", group: "Scoring", run(event) {…}, inFields: false } }))
// `?` lists everything that works on this page. Keys are written as in KeyboardEvent.key: "j", "Ctrl+Enter", "g q".

const registered = new Map();
let begun = "";
let begunAt = 0;
const PATIENCE = 1200;

document.addEventListener("shortcut:register", (event) => registered.set(event.detail.keys, event.detail));
document.addEventListener("shortcut:forget", (event) => registered.delete(event.detail.keys));

const isField = (element) =>
  element?.matches?.("input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, [contenteditable]");

function pressed(event) {
  const key = event.key === " " ? "Space" : event.key;
  return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + key;
}

function find(keys) {
  if (registered.has(keys)) return registered.get(keys);
  const element = [...document.querySelectorAll("[data-shortcut]")].find((each) => each.dataset.shortcut === keys && isUsable(each));
  return element && { keys, run: () => (isField(element) ? element.focus() : element.click()) };
}

const isUsable = (element) => !element.disabled && element.checkVisibility?.() !== false && !element.closest("[inert]");
const begins = (keys) => [...registered.keys(), ...marked().map((each) => each.dataset.shortcut)].some((each) => each.startsWith(`${keys} `));
const marked = () => [...document.querySelectorAll("[data-shortcut]")].filter(isUsable);

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  const now = performance.now();
  const keys = pressed(event);
  const whole = begun && now - begunAt < PATIENCE ? `${begun} ${keys}` : keys;
  begun = "";
  const inField = isField(event.target);
  const inDialog = document.querySelector("dialog[open]");
  if (keys === "?" && !inField && !inDialog) { event.preventDefault(); showHelp(); return; }
  const shortcut = find(whole);
  const mayRun = shortcut && (!inField || shortcut.inFields || keys.startsWith("Ctrl+"));
  if (mayRun && (!inDialog || shortcut.inDialogs)) { event.preventDefault(); shortcut.run(event); return; }
  if (!inField && !inDialog && begins(whole)) { begun = whole; begunAt = now; }
});

function entries() {
  const told = marked().map((each) => ({
    keys: each.dataset.shortcut,
    says: each.dataset.shortcutSays ?? each.textContent.trim(),
    group: each.dataset.shortcutGroup ?? "",
  }));
  return [...registered.values(), ...told];
}

function showHelp() {
  const dialog = document.getElementById("keys");
  const list = dialog?.querySelector("[data-key-list]");
  if (!list) return;
  list.replaceChildren(...rows(entries()));
  document.dispatchEvent(new CustomEvent("dialog:open", { detail: { id: "keys" } }));
}

function rows(all) {
  const groups = Map.groupBy ? Map.groupBy(all, (each) => each.group ?? "") : new Map([["", all]]);
  return [...groups].flatMap(([group, members]) => [
    ...(group ? [line("dt", "keys-group", group)] : []),
    ...members.flatMap(({ keys, says }) => [line("dt", "keys-says", says), keyLine(keys)]),
  ]);
}

function line(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function keyLine(keys) {
  const element = line("dd", "keys", "");
  element.append(...keys.split(" ").map((each) => line("kbd", "kbd", each.replace("ArrowUp", "↑").replace("ArrowDown", "↓"))));
  return element;
}

document.querySelectorAll("[data-open-keys]").forEach((each) => each.addEventListener("click", showHelp));
