import { initAll } from "../govuk-frontend/govuk-frontend.min.js";

if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  initAll();
}

for (const select of document.querySelectorAll("select[data-rar-autocomplete]")) {
  window.accessibleAutocomplete?.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.options[select.selectedIndex]?.text ?? "",
    showAllValues: true,
  });
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
