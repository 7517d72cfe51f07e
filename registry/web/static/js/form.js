// Forms: character counts, a guard against losing text, saving every 20 seconds, Alt+S.
const EVERY = 20000;

export function watchForms() {
  document.querySelectorAll("textarea[data-count]").forEach(count);
  document.querySelectorAll("form[data-guard], form[data-autosave]").forEach(guard);
  document.querySelectorAll(".choices").forEach(showChosen);
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
  const state = { saved: text(form), leaving: false, busy: false };
  form.addEventListener("submit", () => { state.leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!state.leaving && text(form) !== state.saved) event.preventDefault(), (event.returnValue = "");
  });
  document.addEventListener("keydown", (event) => {
    const button = form.querySelector('button[value="save"]');
    if (event.altKey && event.code === "KeyS" && button) event.preventDefault(), button.click();
  });
  if (form.dataset.autosave) setInterval(() => save(form, state), EVERY);
}

async function save(form, state) {
  const now = text(form);
  if (state.busy || state.leaving || now === state.saved) return;
  state.busy = true;
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body: new URLSearchParams(now),
      credentials: "same-origin",
      headers: { "X-CSRF-Token": form.elements.csrf_token.value, Accept: "application/json" },
    });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    state.saved = now;
    await learnVersion(form, state, answer);
    say(form, form.dataset.savedText.replace("{time}", clock()), false);
  } catch (error) {
    say(form, form.dataset.lostText, true);
  } finally {
    state.busy = false;
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
  if (!unsent) state.saved = text(form);
}

function say(form, words, lost) {
  const place = document.querySelector("[data-saved]");
  if (!place) return;
  place.textContent = words;
  place.classList.toggle("lost", lost);
}

const text = (form) => new URLSearchParams(new FormData(form)).toString();
const clock = () => new Date().toTimeString().slice(0, 5);
