// The theme changes at once; the server remembers it for the next page.

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-switch]") || !event.submitter) return;
  event.preventDefault();
  const { value } = event.submitter;
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
  document.querySelectorAll("[data-theme-switch] button").forEach((button) => {
    if (button.value === value) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
  const body = new FormData(form, event.submitter);
  await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } }).catch(() => {});
}, true);
