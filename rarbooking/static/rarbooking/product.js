import { initAll } from "../govuk-frontend/govuk-frontend.min.js";

if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  initAll();
}

// The list takes what it is given for HTML, and the names come from Delius.
function asText(name) {
  const shown = document.createElement("span");
  shown.textContent = name ?? "";
  return shown.innerHTML;
}

// What is typed chooses the option of that name, or the only one that has those words; else none.
function choose(select, typed) {
  const words = typed.trim().toLowerCase();
  const named = (option) => option.text.trim().toLowerCase();
  const found = [...select.options].filter((option) => option.value && words && named(option).includes(words));
  const exact = found.filter((option) => named(option) === words);
  const meant = exact.find((option) => option.selected) ?? exact[0] ?? (found.length === 1 ? found[0] : null);
  select.value = meant?.value ?? "";
}

for (const select of document.querySelectorAll("select[data-rar-autocomplete]")) {
  window.accessibleAutocomplete?.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.options[select.selectedIndex]?.text ?? "",
    showAllValues: true,
    // Leaving the box would choose whatever is first in the list, also where nothing was typed.
    confirmOnBlur: false,
    inputClasses: select.classList.contains("govuk-select--error") ? "govuk-input--error" : "",
    templates: { inputValue: (name) => name ?? "", suggestion: asText },
  });
  const box = select.parentElement.querySelector(".autocomplete__input");
  if (box) {
    select.form.addEventListener("submit", () => choose(select, box.value));
    // The list closes when the box loses the focus. Then what is being pressed below it would move away under the
    // pointer, and the click would be lost: the box keeps the focus until the click.
    document.addEventListener("mousedown", (press) => {
      if (document.activeElement === box && press.target.closest("a, button")) {
        press.preventDefault();
      }
    });
  }
}

const POLL_MILLISECONDS = 4000;
const waiting = document.querySelector("[data-rar-waits-for]");

async function showOutcome() {
  try {
    const answer = await fetch(waiting.dataset.rarWaitsFor, {
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
    // A redirect leads to signing in again, which brings the person back to this page.
    if (answer.type === "opaqueredirect" || (answer.ok && !(await answer.json()).under_way)) {
      window.location.reload();
      return;
    }
  } catch {
    // The connection is away for a moment: ask again.
  }
  window.setTimeout(showOutcome, POLL_MILLISECONDS);
}

if (waiting) {
  window.setTimeout(showOutcome, POLL_MILLISECONDS);
}
