// The sentences that this page's scripts say, as the server translated them; {n} is filled in here.
const all = JSON.parse(document.getElementById("workspace-words").textContent);

export function words(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), all[key]);
}

// Says something to a screen reader.
export function announce(text) {
  document.dispatchEvent(new CustomEvent("announce", { detail: { text } }));
}

// The icon that stands for a state; nothing when the state has none.
export function iconOf(state) {
  return document.querySelector(`template[data-icon-of="${state}"]`)?.content.cloneNode(true) ?? "";
}
