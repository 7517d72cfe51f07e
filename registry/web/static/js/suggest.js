// Titles for what is being typed, under the search box; the form works without.

const PAUSE_MS = 150;

function suggestFor(box) {
  const list = document.createElement("ul");
  list.id = `${box.name}-titles`;
  list.className = "suggested-titles";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.getAttribute("aria-label") || "");
  list.hidden = true;
  box.after(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-autocomplete", "list");

  let composing = false;
  let timer = 0;
  let asked = null;
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  // What was asked before comes too late: the list stays as it is.
  const leave = () => {
    clearTimeout(timer);
    if (asked) asked.abort();
  };

  const choose = (at) => {
    const options = [...list.children];
    if (!options.length) return;
    chosen = (at + options.length) % options.length;
    options.forEach((one, n) => one.setAttribute("aria-selected", String(n === chosen)));
    box.setAttribute("aria-activedescendant", options[chosen].id);
  };

  const take = (title) => {
    box.value = title;
    close();
    box.form.requestSubmit();
  };

  const show = (titles) => {
    list.replaceChildren(
      ...titles.map((title, n) => {
        const one = document.createElement("li");
        one.id = `${list.id}-${n}`;
        one.setAttribute("role", "option");
        one.setAttribute("aria-selected", "false");
        one.textContent = title;
        // Before the box loses its focus, and with it the list.
        one.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(title);
        });
        return one;
      }),
    );
    chosen = -1;
    list.hidden = !titles.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
  };

  const ask = async () => {
    leave();
    const text = box.value.trim();
    if (!text) return close();
    asked = new AbortController();
    const { signal } = asked;
    try {
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(text)}`, {
        signal,
        headers: { Accept: "application/json" },
      });
      if (answer.ok && document.activeElement === box) show(await answer.json());
    } catch {
      // Suggestions are a help: without them the question is asked by the button.
      if (!signal.aborted) close();
    }
  };

  const later = () => {
    clearTimeout(timer);
    if (!composing) timer = setTimeout(ask, PAUSE_MS);
  };

  // While an input method composes, the box holds half a word in letters: nothing is asked yet.
  box.addEventListener("compositionstart", () => {
    composing = true;
    leave();
  });
  box.addEventListener("compositionend", () => {
    composing = false;
    later();
  });
  box.addEventListener("input", later);
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === "Escape") {
      leave();
      close();
    } else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen].textContent);
    else return;
    event.preventDefault();
  });
}

export function suggestTitles() {
  for (const box of document.querySelectorAll("input[data-suggest]")) suggestFor(box);
}
