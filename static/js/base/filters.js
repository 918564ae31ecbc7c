// <form data-filter-bar>: leave empty fields out of the address, so that it can be read and sent.

document.addEventListener("formdata", (event) => {
  if (!event.target.matches("[data-filter-bar]")) return;
  for (const [name, value] of [...event.formData.entries()]) {
    if (value === "") event.formData.delete(name);
  }
});
