// Puts the parts that the server sends in their places, and opens another part of the rubric.
import { notify } from "../saving/talk.js";
import { words } from "../saving/words.js";

export class Page {
  constructor(editor) {
    this.editor = editor;
    document.addEventListener("click", (event) => this.clicked(event));
    window.addEventListener("popstate", () => this.open(this.asked(), { remember: false }));
  }

  get at() {
    return document.querySelector("form[data-part] [name=at]").value;
  }

  asked() {
    return new URLSearchParams(window.location.search).get("at") ?? "";
  }

  clicked(event) {
    const link = event.target.closest("a[data-at]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.open(link.dataset.at, { focus: true });
  }

  // Opens a part once what is in hand is stored; what cannot be stored keeps its form on the page.
  async open(at, { focus = false, remember = true } = {}) {
    await this.saver.now();
    if (this.saver.holds) return;
    const url = `${this.editor.dataset.edit}?at=${encodeURIComponent(at)}`;
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok || response.redirected) throw new Error(response.status);
      const body = await response.json();
      this.apply(body);
      if (remember) this.remember(body.at);
      if (focus) this.focusOn(body.focus || "name");
      notify("offline", "");
    } catch {
      notify("offline", words("offline"), "caution");
    }
  }

  remember(at) {
    if (at !== this.asked()) window.history.pushState({}, "", `?at=${encodeURIComponent(at)}`);
  }

  // Replaces every part that came along; the focus stays on the same field or line.
  apply(body, { keepForm = false } = {}) {
    const held = this.held();
    for (const [id, html] of Object.entries(body.fragments)) {
      if (keepForm && id === "edit-form") continue;
      this.swap(id, html);
    }
    const tag = document.querySelector("form[data-part] [name=tag]");
    if (tag && this.at === body.at) tag.value = body.tag;
    this.sections();
    this.hold(held);
  }

  swap(id, html) {
    const old = document.getElementById(id);
    if (!old) return;
    const fresh = document.adoptNode(new DOMParser().parseFromString(html, "text/html").body.firstElementChild);
    const scrolled = old.querySelector(".pane-body")?.scrollTop ?? 0;
    old.replaceWith(fresh);
    const body = fresh.querySelector(".pane-body");
    if (body) body.scrollTop = scrolled;
    window.htmx?.process(fresh);
  }

  held() {
    const element = document.activeElement;
    const within = element?.closest?.("#edit-form, #edit-outline, #edit-checks, #worked-example");
    if (!within) return null;
    const { selectionStart: start, selectionEnd: end } = element.matches("input[type=text], textarea") ? element : {};
    return { within: within.id, name: element.name, value: element.value, at: element.dataset.at, move: element.dataset.move, start, end, element };
  }

  hold(held) {
    if (!held || held.element.isConnected) return;
    const root = document.getElementById(held.within);
    const sameName = held.name ? [...root.querySelectorAll(`[name="${held.name}"]`)] : [];
    const element = (held.at && root.querySelector(`[data-at="${held.at}"]`))
      || (held.move && root.querySelector(`[data-move="${held.move}"]`))
      || sameName.find((one) => one.type !== "button" && one.value === held.value) || sameName[0];
    element?.focus({ preventScroll: true });
    if (element && held.start !== undefined && element.setSelectionRange) element.setSelectionRange(held.start, held.end);
  }

  focusOn(name) {
    const form = document.querySelector("form[data-part]");
    const element = form?.querySelector(`[name="${name}"]`) ?? document.getElementById(name);
    element?.focus();
    if (element?.matches("input[type=text]")) element.select();
  }

  // The list of sections in the dialog follows the outline; the one at hand is chosen.
  sections() {
    const select = document.querySelector("[data-sections]");
    const parts = [...document.querySelectorAll('#edit-outline [data-at^="section."]')];
    if (!select || !parts.length) return;
    const current = document.querySelector('#edit-outline [aria-current="true"]');
    const here = current?.dataset.section ?? current?.dataset.at.replace("section.", "");
    select.replaceChildren(...parts.map((part) => {
      const lineage = part.dataset.at.replace("section.", "");
      return new Option(part.firstElementChild.firstChild.textContent.trim(), lineage, false, lineage === here);
    }));
  }
}
