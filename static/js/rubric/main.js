// The rubric editor: what is open is saved as it is typed, and the outline can be walked and arranged by keyboard.
import { Arranger } from "./arrange.js";
import { Outline } from "./outline.js";
import { Page } from "./page.js";
import { Saver } from "./save.js";

const editor = document.querySelector("[data-editor]");
if (editor) {
  const page = new Page(editor);
  const saver = new Saver(editor, page);
  page.saver = saver;
  const arranger = new Arranger(editor, { page, saver });
  new Outline(editor, { page, arranger });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const undo = document.querySelector("form[data-undo]");
    if (event.key === "s") {
      event.preventDefault();
      saver.now();
    } else if (event.key === "z" && undo && !event.target.matches("input, textarea, select")) {
      event.preventDefault();
      undo.requestSubmit();
    }
  });
  editor.dataset.live = "";
}
