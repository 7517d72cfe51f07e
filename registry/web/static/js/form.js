import { watchConditions } from "./conditions.js";
import { forget, keep, takeUp } from "./keep.js";

// Forms: character counts, a guard against losing text, saving every 20 seconds, Alt+S.
const EVERY = 20000;

export function watchForms() {
  document.querySelectorAll("textarea[data-count]").forEach(count);
  document.querySelectorAll("form[data-guard], form[data-autosave]").forEach(guard);
  document.querySelectorAll(".choices").forEach(showChosen);
  document.querySelectorAll("form[data-guard]").forEach(watchConditions);
  document.querySelectorAll("form[data-tally]").forEach(tally);
  refuseEnterWhileComposing();
}

// An input method first sends the raw letters; counting waits until the characters are chosen.
function count(box) {
  const place = document.getElementById(box.dataset.count);
  if (!place) return;
  const show = () => {
    const n = Array.from(box.value).length;
    place.querySelector("[data-n]").textContent = n;
    place.classList.toggle("over", n > Number(box.dataset.max));
  };
  box.addEventListener("input", (event) => event.isComposing || show());
  box.addEventListener("compositionend", show);
}

// What a press of the button will give, said before it is pressed.
function tally(form) {
  const place = form.querySelector("[data-says]");
  const show = () => {
    const taken = Array.from(form.querySelectorAll("input[type=checkbox]:checked"));
    const sensitive = taken.filter((box) => "sensitive" in box.dataset).length;
    place.textContent = place.dataset.says.replace("{n}", taken.length).replace("{m}", sensitive);
  };
  place.hidden = false;
  form.addEventListener("change", show);
  show();
}

function showChosen(box) {
  box.addEventListener("change", () =>
    box.querySelectorAll(".choice").forEach((card) =>
      card.classList.toggle("chosen", card.querySelector("input").checked)));
}

function refuseEnterWhileComposing() {
  document.addEventListener("keydown", (event) => {
    const field = event.target.tagName === "INPUT" && event.target.form;
    if (field && event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
}

function guard(form) {
  const state = { saved: sent(form), leaving: false, busy: false, composing: false };
  if (form.dataset.restoredText) watchCopy(form);
  form.addEventListener("submit", (event) => {
    // A save on its way carries the version this one would be sent over: it goes after it.
    if (state.busy) event.preventDefault(), (state.next = { button: event.submitter });
    else state.leaving = true;
  });
  form.addEventListener("compositionstart", () => { state.composing = true; });
  form.addEventListener("compositionend", () => { state.composing = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!state.leaving && text(form) !== state.saved) event.preventDefault(), (event.returnValue = "");
  });
  document.addEventListener("keydown", (event) => {
    const button = form.querySelector('button[value="save"]');
    if (event.altKey && event.code === "KeyS" && button) event.preventDefault(), button.click();
  });
  if (form.dataset.autosave) setInterval(() => save(form, state), EVERY);
  if (form.dataset.unsavedText) form.addEventListener("input", () => sayUnsaved(form, state));
}

// The server has the text when the page says so: saved, refused with its faults, or done.
function watchCopy(form) {
  const heard = document.querySelector(".done, .summary, .saved:not(:empty)");
  if (heard) forget();
  else if (takeUp(form)) say(form, form.dataset.restoredText, true);
  form.addEventListener("submit", () => keep(form));
}

async function save(form, state) {
  const now = text(form);
  // Half a word of an input method is nothing to keep: the next turn takes it.
  if (state.busy || state.leaving || state.composing || now === state.saved) return;
  state.busy = true;
  const patience = new AbortController();
  const late = setTimeout(() => patience.abort(), EVERY / 2);
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body: new URLSearchParams(now),
      credentials: "same-origin",
      signal: patience.signal,
      headers: { "X-CSRF-Token": form.elements.csrf_token.value, Accept: "application/json" },
    });
    if (!answer.ok || answer.redirected) throw Object.assign(new Error("not saved"), { status: answer.status });
    state.saved = now;
    forget(form);
    await learnVersion(form, state, answer);
    say(form, form.dataset.savedText.replace("{time}", clock()), false);
  } catch (error) {
    keep(form);
    // Signed out, or signed in anew elsewhere; saved by somebody else meanwhile; else the line.
    const why = { 401: "signedOutText", 403: "signedOutText", 409: "staleText" }[error.status] || "lostText";
    say(form, form.dataset[why], true);
  } finally {
    clearTimeout(late);
    state.busy = false;
    if (state.next) form.requestSubmit(state.next.button);
  }
}

// The answer may carry the new row version; without it the next save would look stale.
async function learnVersion(form, state, answer) {
  const type = answer.headers.get("Content-Type") || "";
  const field = form.elements.row_version;
  if (!field || !type.includes("json")) return;
  const facts = await answer.json();
  if (facts.row_version === undefined) return;
  const unsent = text(form) !== state.saved;
  field.value = facts.row_version;
  if (form.elements.base) form.elements.base.value = facts.base;
  if (!unsent) state.saved = text(form);
}

// "Saved" is true until the next key. A line that says why nothing is saved stays.
function sayUnsaved(form, state) {
  const place = document.querySelector("[data-saved]");
  if (place && !place.classList.contains("lost") && text(form) !== state.saved) say(form, form.dataset.unsavedText, false);
}

function say(form, words, lost) {
  const place = document.querySelector("[data-saved]") || lineAbove(form);
  place.textContent = words;
  place.classList.toggle("lost", lost);
}

// A form that is not saved by itself has no line of its own for it.
function lineAbove(form) {
  const line = Object.assign(document.createElement("p"), { className: "saved" });
  line.setAttribute("role", "status");
  line.dataset.saved = "";
  form.before(line);
  return line;
}

const text = (form) => new URLSearchParams(new FormData(form)).toString();

// The form as the server sent it: what was typed before this script ran is not saved yet.
function sent(form) {
  const list = new URLSearchParams();
  for (const control of form.elements) {
    if (!control.name || control.matches(":disabled, button, fieldset, output")) continue;
    for (const value of delivered(control)) list.append(control.name, value);
  }
  return list.toString();
}

function delivered(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.defaultChecked ? [control.value] : [];
  if (control.tagName !== "SELECT") return [control.defaultValue];
  const chosen = [...control.options].filter((option) => option.defaultSelected && !option.disabled);
  if (control.multiple) return chosen.map((option) => option.value);
  const first = chosen[chosen.length - 1] || [...control.options].find((option) => !option.disabled);
  return first ? [first.value] : [];
}
const clock = () => new Date().toTimeString().slice(0, 5);
