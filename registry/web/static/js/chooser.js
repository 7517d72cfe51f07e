// A long list of choices gains a box that narrows it by typing; without script it is a plain list.
export function watchChoosers() {
  document.querySelectorAll("[data-chooser]").forEach(chooser);
}

function chooser(place) {
  const list = place.querySelector("select");
  const words = place.dataset.filterText;
  const box = Object.assign(document.createElement("input"), { type: "text", className: "input", autocomplete: "off" });
  const none = Object.assign(document.createElement("p"), { className: "hint", textContent: place.dataset.noneText, hidden: true });
  box.setAttribute("aria-label", words);
  const hint = Object.assign(document.createElement("p"), { className: "hint", textContent: words });
  none.setAttribute("role", "status");
  place.prepend(hint, box, none);
  const narrow = () => {
    const found = filter(list, box.value.trim().toLowerCase());
    none.hidden = found !== 0;
    // An open list shows what is left; without a word it is a closed one again.
    list.size = box.value.trim() ? Math.min(Math.max(found + 2, 3), 8) : 0;
  };
  // An input method first sends the raw letters; narrowing waits until the characters are chosen.
  box.addEventListener("input", (event) => event.isComposing || narrow());
  box.addEventListener("compositionend", narrow);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") event.preventDefault(), list.focus();
    if (event.key === "Enter" && !event.isComposing) event.preventDefault(), first(list, narrow, box);
  });
  list.addEventListener("change", () => { box.value = ""; narrow(); });
}

// How many choices hold the word, in their own text or in that of their branch.
function filter(list, word) {
  let found = 0;
  for (const one of list.options) {
    const branch = one.parentElement.label || "";
    const fits = !word || (one.value && `${one.text} ${branch}`.toLowerCase().includes(word));
    one.hidden = one.disabled = !fits && !one.selected;
    if (word && fits) found += 1;
  }
  for (const branch of list.querySelectorAll("optgroup")) branch.hidden = [...branch.children].every((one) => one.hidden);
  return word ? found : list.options.length;
}

// Enter takes what was narrowed down to.
function first(list, narrow, box) {
  const word = box.value.trim();
  const one = word && [...list.options].find((option) => option.value && !option.hidden && !option.selected);
  if (!one) return;
  list.value = one.value;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  box.value = "";
  narrow();
  list.focus();
}
