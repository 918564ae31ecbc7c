// Keyboard shortcuts, told in the DOM: <a data-shortcut="g q" data-shortcut-says="Queue">. Pressing it clicks or focuses.
// A widget with a life of its own registers by event:
//   document.dispatchEvent(new CustomEvent("shortcut:register", {
//     detail: { keys: "j", says: "Next criterion", group: "Scoring", run(event) {…}, inFields: false } }))
// Keys are written as in KeyboardEvent.key: "j", "Ctrl+Enter", "g q". `?` lists what works on this page, and there they
// can be turned off: single keys get in the way of speech input. A page with a help sheet of its own (#keys-dialog) has
// keys of its own, and this module keeps out of its way.

const PATIENCE = 1200;
const SWITCH = "keys-off";
const MODIFIERS = ["Shift", "Control", "Alt", "Meta"];
const registered = new Map();
let begun = { keys: "", at: 0 };

const isOn = () => localStorage.getItem(SWITCH) === null;
const hasOwnKeys = () => document.getElementById("keys-dialog") !== null;
const isUsable = (element) => !element.disabled && element.checkVisibility() && !element.closest("[inert]");
const marked = () => [...document.querySelectorAll("[data-shortcut]")].filter(isUsable);
const isField = (element) => element?.matches?.(
  "input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, [contenteditable]",
);

document.addEventListener("shortcut:register", (event) => registered.set(event.detail.keys, event.detail));
document.addEventListener("shortcut:forget", (event) => registered.delete(event.detail.keys));

function written(event) {
  const modifiers = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "");
  return modifiers + (event.key === " " ? "Space" : event.key);
}

function press(element) {
  const field = isField(element) ? element : element.querySelector("input");
  if (field) field.focus();
  else element.click();
}

function find(keys) {
  if (registered.has(keys)) return registered.get(keys);
  const element = marked().find((each) => each.dataset.shortcut === keys);
  return element && { run: () => press(element) };
}

const isBeginning = (keys) =>
  [...registered.keys(), ...marked().map((each) => each.dataset.shortcut)].some((each) => each.startsWith(`${keys} `));

function wholeKeys(event) {
  const keys = written(event);
  const goesOn = begun.keys && performance.now() - begun.at < PATIENCE;
  const whole = goesOn ? `${begun.keys} ${keys}` : keys;
  begun = { keys: "", at: 0 };
  return whole;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || MODIFIERS.includes(event.key)) return;
  if (hasOwnKeys() || document.querySelector("dialog[open]")) return;
  const keys = wholeKeys(event);
  const inField = isField(event.target);
  if (keys === "?" && !inField) { event.preventDefault(); showHelp(); return; }
  const isChord = keys.startsWith("Ctrl+") || keys.startsWith("Alt+");
  if (!isOn() && !isChord) return;
  const shortcut = find(keys);
  if (shortcut && (!inField || shortcut.inFields || isChord)) {
    event.preventDefault();
    shortcut.run(event);
  } else if (!inField && isBeginning(keys)) begun = { keys, at: performance.now() };
});

function showHelp() {
  const list = document.querySelector("#keys [data-key-list]");
  if (!list) return;
  const told = marked().map(({ dataset, textContent }) => ({
    keys: dataset.shortcut, says: dataset.shortcutSays ?? textContent.trim(), group: dataset.shortcutGroup ?? "",
  }));
  list.replaceChildren(...rows([...registered.values(), ...told]));
  document.querySelector("[data-keys-switch]").checked = isOn();
  document.dispatchEvent(new CustomEvent("dialog:open", { detail: { id: "keys" } }));
}

function rows(entries) {
  const groups = [...new Set(entries.map(({ group }) => group ?? ""))];
  return groups.flatMap((group) => [
    ...(group ? [element("dt", "help-keys-group", group)] : []),
    ...entries.filter((each) => (each.group ?? "") === group)
      .flatMap(({ keys, says }) => [element("dt", "", says), keyCaps(keys)]),
  ]);
}

function element(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function keyCaps(keys) {
  const line = element("dd", "keys", "");
  line.append(...keys.split(" ").map((each) => element("kbd", "kbd", each.length === 1 ? each.toUpperCase() : each)));
  return line;
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  if (event.target.checked) localStorage.removeItem(SWITCH);
  else localStorage.setItem(SWITCH, "yes");
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-keys]");
  if (!opener) return;
  opener.closest("[popover]")?.hidePopover();
  showHelp();
});

document.querySelectorAll("[data-open-keys]").forEach((each) => { each.hidden = hasOwnKeys(); });
