// Says under a field how many characters are left, as GOV.UK's character count does.
for (const field of document.querySelectorAll("[data-most-characters]")) {
  const most = Number(field.dataset.mostCharacters);
  const count = document.createElement("p");
  count.className = "rar-characters help";
  count.setAttribute("aria-live", "polite");
  const show = () => {
    const left = most - field.value.length;
    const many = Math.abs(left).toLocaleString("en-GB");
    const words = Math.abs(left) === 1 ? "character" : "characters";
    count.toggleAttribute("data-too-many", left < 0);
    count.textContent = left < 0 ? `You have ${many} ${words} too many` : `You have ${many} ${words} remaining`;
  };
  (field.closest(".flex-container") ?? field).insertAdjacentElement("afterend", count);
  field.addEventListener("input", show);
  show();
}

// Shows beside a field how what is typed there will look to readers. Nothing of it is stored.
const WAIT_MILLISECONDS = 600;
for (const field of document.querySelectorAll("[data-preview]")) {
  const preview = document.createElement("section");
  const title = document.createElement("h3");
  const shown = document.createElement("div");
  title.textContent = "Preview";
  title.id = `${field.id}-preview`;
  preview.className = "rar-preview";
  preview.setAttribute("aria-labelledby", title.id);
  preview.append(title, shown);
  const row = field.closest(".form-row") ?? field.parentElement;
  row.classList.add("rar-previewed");
  row.append(preview);
  let waiting = 0;
  let latest = 0;
  const show = async () => {
    const turn = (latest += 1);
    const body = new FormData();
    body.append("text", field.value);
    body.append("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(field.dataset.preview, { method: "POST", body }).catch(() => null);
    if (turn !== latest) {
      return;
    }
    preview.hidden = !field.value;
    if (answer?.ok && !answer.redirected) {
      // The server cleans it, and no script of a parsed document runs.
      shown.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    } else {
      shown.textContent = "The preview cannot be shown at the moment.";
    }
  };
  const showSoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, WAIT_MILLISECONDS);
  };
  preview.hidden = true;
  field.addEventListener("input", showSoon);
  // The first preview of a section is made when it is reached: a page has many sections.
  field.addEventListener("focus", show, { once: true });
}
