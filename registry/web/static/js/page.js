// What every page gains when script runs; each page works without it.
import { watchForms } from "./form.js";
import { suggestTitles } from "./suggest.js";

const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

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
suggestTitles();
