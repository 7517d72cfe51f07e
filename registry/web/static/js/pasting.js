// Rows of a spreadsheet that are pasted into one cell of the grid go to the page that reads them:
// a cell would take them all as its own text. The draft is saved on the way.
const KEY = "pasted";

export function watchPasting() {
  const box = document.querySelector("textarea[data-pasted]");
  if (box) receive(box);
  document.addEventListener("paste", (event) => {
    const cell = event.target.closest?.(".grid input");
    const button = cell?.closest("fieldset")?.querySelector('button[value^="paste-"]');
    const text = event.clipboardData?.getData("text/plain") || "";
    // One cell is copied with a line end behind it and stays what it is.
    if (!button || !/[\t\n]/.test(text.trim())) return;
    try {
      sessionStorage.setItem(KEY, text);
    } catch {
      // No room for it, or none allowed: it goes into the cell as before.
      return;
    }
    event.preventDefault();
    button.click();
  });
}

function receive(box) {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (text && !box.value) box.value = text;
}
