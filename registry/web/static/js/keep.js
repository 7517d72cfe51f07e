// What was typed outlives a lost session or line: a copy for this window, gone when it is closed.
// It is taken up again by the form of the same address, and dropped once the server has the text.
// It is one person's: gone with him when he signs out, and when somebody else signs in here.
const PREFIX = "typed:";
const OURS = ["row_version", "base"];
// A form is answered once: sent with the ticket of an earlier one, it would be answered as that one.
const OF_THIS_PAGE = ["csrf_token", "form_key"];

const WHO = PREFIX + "who";
const who = () => document.documentElement.dataset.person || "";

const place = (form) => PREFIX + new URL(form.action).pathname;
const pairs = (form) => [...new FormData(form)].filter(([name]) => !OF_THIS_PAGE.includes(name));
const typed = (list) => JSON.stringify(list.filter(([name]) => !OURS.includes(name)));

export function keep(form) {
  try {
    sessionStorage.setItem(WHO, who());
    sessionStorage.setItem(place(form), JSON.stringify(pairs(form)));
  } catch (error) {
    // A full or forbidden store: the page itself still holds the text.
  }
}

export function forget(form) {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX) && (!form || name === place(form))) sessionStorage.removeItem(name);
  } catch (error) {
    // Nothing was kept there either.
  }
}

// The page of a lost session names nobody: the copy waits there for its own person alone.
export function watchPerson() {
  let owner = null;
  try {
    owner = sessionStorage.getItem(WHO);
  } catch (error) {
    return;
  }
  if (who() && owner !== who()) forget();
  document.querySelectorAll('form[action="/sign-out"]').forEach((form) => form.addEventListener("submit", () => forget()));
}

// A page that asks to sign in says so where the window holds what was sent to it.
export function tellKept() {
  const line = document.querySelector("[data-kept]");
  try {
    if (line && sessionStorage.getItem(PREFIX + location.pathname)) line.hidden = false;
  } catch (error) {
    // Nothing was kept.
  }
}

// Fill the form with the copy; true when that changed something. The version the text was typed
// over comes with it, so a save over somebody else's text shows both.
export function takeUp(form) {
  let copy = null;
  try {
    copy = JSON.parse(sessionStorage.getItem(place(form)));
  } catch (error) {
    return false;
  }
  if (!Array.isArray(copy) || typed(copy) === typed(pairs(form))) return false;
  const values = new Map();
  for (const [name, value] of copy) values.set(name, [...(values.get(name) || []), value]);
  for (const control of form.elements) {
    if (!control.name || OF_THIS_PAGE.includes(control.name) || control.tagName === "BUTTON") continue;
    const held = values.get(control.name) || [];
    if (control.type === "checkbox" || control.type === "radio") control.checked = held.includes(control.value);
    else if (held.length) control.value = held.shift();
  }
  return true;
}
