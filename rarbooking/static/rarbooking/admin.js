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
