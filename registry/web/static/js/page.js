// What every page gains when script runs; each page works without it.
import { forget, tellKept, watchPerson } from "./keep.js";
import { watchForms } from "./form.js";
import { watchChoosers } from "./chooser.js";
import { watchCopies } from "./copy.js";
import { watchPasting } from "./pasting.js";
import { watchRun } from "./run.js";
import { suggestTitles } from "./suggest.js";

// What went wrong comes first, then what was done; an address with a place in it leads there.
const first = document.querySelector(".summary[data-focus]") || document.querySelector("[data-focus]");
if (first && (first.matches(".summary") || !location.hash)) first.focus();
// To a field of a form it leads with the cursor: the next key belongs there.
else if (location.hash) document.getElementById(location.hash.slice(1))?.closest("input, select, textarea")?.focus();

// "/" goes to the search box unless somebody is typing.
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  const box = document.querySelector('input[type="search"]');
  if (event.key === "/" && !typing && box) {
    event.preventDefault();
    box.focus();
  }
});

// A page that says what was done, or shows both texts, holds what a window kept for itself.
if (document.querySelector(".done, [data-heard]")) forget();
watchPerson();
tellKept();
watchForms();
watchChoosers();
watchCopies();
watchPasting();
watchRun();
suggestTitles();
