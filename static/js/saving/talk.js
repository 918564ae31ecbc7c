// Speaks with the server, and with the person through one line per subject above the panes.
import { words } from "./words.js";

export async function post(url, data) {
  const token = document.querySelector("#workspace [name=csrfmiddlewaretoken]").value;
  try {
    const response = await fetch(url, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json", "X-CSRFToken": token },
      credentials: "same-origin",
    });
    const isJson = (response.headers.get("Content-Type") || "").includes("json");
    // A log-in page instead of JSON means that the session ended.
    if (response.redirected || !isJson) {
      return { ok: false, status: response.ok ? 401 : response.status, body: { sentence: words("logged_out") } };
    }
    return { ok: response.ok, status: response.status, body: await response.json() };
  } catch {
    return { ok: false, status: 0, body: {} };
  }
}

// Shows, replaces or (with empty words) removes the notice about one subject.
export function notify(subject, sentence, tone = "caution", choices = []) {
  const place = document.querySelector("[data-notices]");
  const old = place.querySelector(`[data-subject~="${subject}"]`);
  if (!sentence) return old?.remove();
  // Said again and again by the heartbeat: once is enough.
  if (old && old.firstElementChild.textContent === sentence && !choices.length) return undefined;
  // Saving and submitting are refused for the same reason: one line says it, for both.
  const same = [...place.children].find((one) => one !== old && one.firstElementChild.textContent === sentence);
  same?.remove();
  const line = document.createElement("div");
  line.className = "notice notice-edge";
  line.dataset.tone = tone;
  line.dataset.subject = same ? `${subject} ${same.dataset.subject}` : subject;
  line.setAttribute("role", tone === "critical" ? "alert" : "status");
  const text = document.createElement("span");
  text.textContent = sentence;
  line.append(text);
  for (const choice of choices) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.textContent = choice.label;
    button.addEventListener("click", choice.act);
    line.append(button);
  }
  if (old) old.replaceWith(line);
  else place.append(line);
  return undefined;
}
