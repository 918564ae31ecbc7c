// Adds, moves, copies, removes and brings back parts. Every act is one form or one call; the server answers with parts.
import { notify, post } from "../saving/talk.js";
import { words } from "../saving/words.js";

export class Arranger {
  constructor(editor, { page, saver }) {
    this.editor = editor;
    this.page = page;
    this.saver = saver;
    document.addEventListener("submit", (event) => this.submitted(event));
  }

  submitted(event) {
    const form = event.target;
    if (!form.matches("[data-arrange-form]")) return;
    event.preventDefault();
    const data = new FormData(form);
    form.closest("dialog")?.close();
    if (form.dataset.clear) form.elements[form.dataset.clear].value = "";
    this.run(data);
  }

  // Moves by one place, or into another place, without opening anything.
  async move(at, values) {
    const data = new FormData();
    data.set("at", at);
    for (const [name, value] of Object.entries(values)) data.set(name, value);
    await this.run(data);
  }

  async run(data) {
    await this.saver.now();
    if (this.saver.holds) return;
    // Saved since the page was drawn: the tag that counts is that of the open form.
    if (data.has("tag")) data.set("tag", this.saver.form.elements.tag.value);
    const isMove = ["up", "down", "place"].includes(data.get("do"));
    const here = this.page.at;
    if (isMove && data.get("at") !== here) data.set("stay", here);
    const answer = await post(this.editor.dataset.arrange, data);
    if (answer.body.code === "stale_part") return this.saver.stale(answer.body.sentence, null);
    if (!answer.ok) {
      const sentence = answer.status === 0 ? words("offline") : answer.body.sentence;
      notify("refused", sentence || words("not_stored"), answer.status === 0 ? "caution" : "critical");
      return;
    }
    notify("refused", "");
    this.shown(answer.body, data.get("do"), isMove);
  }

  shown(body, act, isMove) {
    if (!body.fragments["edit-undo"]) document.getElementById("edit-undo").replaceChildren();
    this.page.apply(body);
    this.page.remember(body.at);
    if (!isMove && act !== "remove") this.page.focusOn(body.focus || "name");
    if (act === "remove") document.querySelector('#edit-outline [aria-current="true"]')?.focus();
    const text = act === "remove" ? words("removed") : isMove ? words("moved", { n: this.placeOf(body.moved) }) : body.said;
    document.dispatchEvent(new CustomEvent("announce", { detail: { text } }));
  }

  placeOf(at) {
    return document.querySelector(`#edit-outline [data-at="${at}"]`)?.firstElementChild.textContent.trim() ?? "";
  }
}
