// <button data-back>: where you came from. Elements marked data-needs-script appear only when it can run.

document.addEventListener("click", (event) => { if (event.target.closest("[data-back]")) window.history.back(); });
document.querySelectorAll("[data-needs-script]").forEach((each) => { each.hidden = false; });
