// <button data-back>: where you came from. Elements marked data-needs-script appear only when it can run.

document.addEventListener("click", (event) => { if (event.target.closest("[data-back]")) window.history.back(); });
const comesFromNowhere = (each) => each.matches("[data-back]") && window.history.length < 2;
document.querySelectorAll("[data-needs-script]").forEach((each) => { each.hidden = comesFromNowhere(each); });
