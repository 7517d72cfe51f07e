// What every page gains when script runs; each page works without it.
import { watchForms } from "./form.js";

// What went wrong comes first, then what was done; an address with a place in it leads there.
const first = document.querySelector(".summary[data-focus]") || document.querySelector("[data-focus]");
if (first && (first.matches(".summary") || !location.hash)) first.focus();

// "/" goes to the search box unless somebody is typing.
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  const box = document.querySelector('input[type="search"]');
  if (event.key === "/" && !typing && box) {
    event.preventDefault();
    box.focus();
  }
});

watchForms();
