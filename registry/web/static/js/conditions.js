// What the rules make of other answers: fields that mean nothing and codes that do not fit are put
// away while that is so. What was filled in stays in sight: the server says what is wrong with it.
export function watchConditions(form) {
  const places = [...form.querySelectorAll("[data-only], [data-bar]")];
  if (!places.length) return;
  const show = () => {
    const answers = answersOf(form);
    for (const place of places) {
      const cases = (place.dataset.only ?? place.dataset.bar).split(";").map(read);
      const met = cases.some(({ name, values }) => (answers.get(name) || []).some((value) => values.includes(value)));
      if (place.dataset.bar) place.hidden = met && !isChosen(place);
      else place.hidden = !met && !isOpen(cases, answers) && !isFilled(place);
    }
  };
  form.addEventListener("change", show);
  show();
}

function read(text) {
  const [name, values] = text.split("=");
  return { name, values: values.split(",") };
}

// By the name a rule uses: items.3.share_type is a value of items.*.share_type.
function answersOf(form) {
  const found = new Map();
  for (const [name, value] of new FormData(form)) {
    const rule = name.replace(/\.[0-9]+\./, ".*.");
    if (value) found.set(rule, [...(found.get(rule) || []), value]);
  }
  return found;
}

const isOpen = (cases, answers) => cases.some(({ name }) => !name.includes("*") && !answers.has(name));
const isChosen = (place) => place.selected || Boolean(place.querySelector?.("input:checked"));
const isFilled = (place) => [...place.querySelectorAll("input, select, textarea")].some(
  (control) => (/^(checkbox|radio)$/.test(control.type) ? control.checked : control.value.trim()));
