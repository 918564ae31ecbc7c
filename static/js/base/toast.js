// Toasts: dispatch "toast" with {text, tone}, or answer an htmx request with HX-Trigger: {"toast": {"text": "…"}}.
// Good news leaves by itself; what went wrong stays until it is dismissed.

const STAY = 8000;
const region = () => document.getElementById("messages");

document.addEventListener("toast", (event) => show(event.detail ?? {}));
document.addEventListener("click", (event) => event.target.closest("[data-toast-close]")?.closest("[data-toast]")?.remove());

function show({ text, tone = "positive" }) {
  const template = document.getElementById(`toast-${tone}`) ?? document.getElementById("toast-positive");
  if (!text || !template || !region()) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("span").textContent = text;
  region().append(toast);
  leaveLater(toast);
}

function leaveLater(toast) {
  if (["critical", "caution"].includes(toast.dataset.tone)) return;
  let timer = setTimeout(() => toast.remove(), STAY);
  const wait = () => clearTimeout(timer);
  const goOn = () => { wait(); timer = setTimeout(() => toast.remove(), STAY / 2); };
  toast.addEventListener("pointerenter", wait);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("pointerleave", goOn);
  toast.addEventListener("focusout", goOn);
}

// Messages that came with the page: a live region only announces what is added to it.
const first = [...(region()?.children ?? [])];
first.forEach((toast) => { toast.remove(); });
requestAnimationFrame(() => first.forEach((toast) => { region().append(toast); leaveLater(toast); }));
