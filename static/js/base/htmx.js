// What every htmx request needs: the CSRF token, a word when it fails, and a whole page never inside a part.

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, serverResponse } = event.detail;
  // A page instead of a part: the session has ended, or the address has moved. Go there.
  if (typeof serverResponse === "string" && /^\s*<!doctype html/i.test(serverResponse)) {
    event.detail.shouldSwap = false;
    if (xhr.status >= 400) return fails();
    document.dispatchEvent(new CustomEvent("page:leaving"));
    window.location.assign(xhr.responseURL);
  }
});

function fails() {
  const text = document.querySelector("meta[name=words-failed]")?.content ?? "";
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "critical" } }));
}

document.addEventListener("htmx:sendError", fails);
document.addEventListener("htmx:timeout", fails);
document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) fails(); });
