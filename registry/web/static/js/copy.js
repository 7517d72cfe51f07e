// A text that is shown once is taken along with one press; without script it is marked by hand.
export function watchCopies() {
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const box = document.getElementById(button.dataset.copy);
    const told = document.getElementById(`${button.dataset.copy}-told`);
    button.hidden = false;
    button.addEventListener("click", async () => {
      box.select();
      // Without https, as on many closed networks, there is no clipboard to write to; the old way
      // works everywhere.
      const written = await navigator.clipboard?.writeText(box.value).then(() => true, () => false);
      told.textContent = written || document.execCommand("copy") ? button.dataset.done : button.dataset.failed;
    });
  });
}
