// The scoring workspace: ties the small modules together. The form is the only state.
import { Draft } from "./draft.js";
import { ActiveClock } from "./clock.js";
import { Criteria } from "./criteria.js";
import { Transcript } from "./transcript.js";
import { Pins } from "./pins.js";
import { Notes } from "./notes.js";
import { Templates } from "./templates.js";
import { Tools } from "./tools.js";
import { bindKeys } from "./keys.js";
import { bindSubmit, showUndo } from "./submit.js";

const form = document.getElementById("workspace");
if (form) {
  const clock = new ActiveClock(form);
  const criteria = new Criteria(form);
  const transcript = new Transcript(form);
  const autosave = new Draft(form, { clock, onSaved: (body) => criteria.show(body) });
  const pins = new Pins(form, { criteria, transcript, changed: () => autosave.soon() });
  const notes = new Notes(form, { criteria, transcript, changed: () => autosave.soon() });
  const templates = new Templates(form, { criteria, changed: () => autosave.soon() });
  new Tools(form, { pins, notes, transcript });
  showUndo(form);
  const submit = bindSubmit(form, { autosave, criteria, clock });
  bindKeys(form, { criteria, transcript, pins, notes, templates, autosave, submit });
}
