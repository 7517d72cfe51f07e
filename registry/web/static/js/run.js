// The page of a run that is under way keeps itself up to date; without script it has a link for that.
const EVERY_MS = 2000;

export function watchRun() {
  const place = document.querySelector("[data-run]");
  if (place && place.hasAttribute("data-live")) setTimeout(() => look(place), EVERY_MS);
}

async function look(place) {
  let fresh = null;
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    if (answer.ok) fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-run]");
  } catch {
    fresh = null; // The server is away: asked again.
  }
  if (fresh) {
    // A line that has not changed is not said again by a screen reader.
    if (fresh.textContent !== place.textContent || fresh.innerHTML.length !== place.innerHTML.length) swap(place, fresh);
    if (!fresh.hasAttribute("data-live")) return;
  }
  setTimeout(() => look(place), EVERY_MS);
}

// What has the focus keeps it where it is still there; the status is one element throughout.
function swap(place, fresh) {
  const held = place.contains(document.activeElement) ? document.activeElement.textContent : null;
  const status = place.querySelector("[role=status]");
  const told = fresh.querySelector("[role=status]");
  status.replaceChildren(...told.childNodes);
  told.replaceWith(status);
  place.replaceChildren(...fresh.childNodes);
  if (!fresh.hasAttribute("data-live")) place.removeAttribute("data-live");
  if (held === null) return;
  const again = [...place.querySelectorAll("a, button")].find((one) => one.textContent === held);
  if (again) again.focus();
  else document.querySelector("main").focus();
}
