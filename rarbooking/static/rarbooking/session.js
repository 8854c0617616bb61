// Warns somebody that their session is about to end, and takes the page away once it has. The server says how long it
// lasts: another tab may have made that longer.
const WARNING_MILLISECONDS = 5 * 60 * 1000;
const RETRY_MILLISECONDS = 30 * 1000;
// A redirect means that nobody is signed in any more.
const QUIETLY = { redirect: "manual", headers: { Accept: "application/json" } };

const session = document.querySelector("[data-rar-session]");
const ending = document.getElementById("session-ending");
// Only where what was typed may be left on the page.
const ended = document.getElementById("session-ended");
const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "numeric",
  minute: "2-digit",
  hourCycle: "h12",
  timeZone: "Europe/London",
});
let endsAt = 0;
let timer = 0;
// What is shown again with an error, or after signing in again, is not saved either.
let hasTyped = document.querySelector(".govuk-error-summary, .govuk-notification-banner, .errornote") !== null;

function askIn(milliseconds) {
  window.clearTimeout(timer);
  timer = window.setTimeout(ask, Math.max(milliseconds, 0));
}

// Asks again in time to warn, or once it is over; returns whether it is too early to warn.
function lastsFor(seconds) {
  const milliseconds = seconds * 1000;
  endsAt = Date.now() + milliseconds;
  const isEarly = milliseconds > WARNING_MILLISECONDS;
  askIn(isEarly ? milliseconds - WARNING_MILLISECONDS : milliseconds + 1000);
  return isEarly;
}

function warn(canExtend) {
  for (const each of ending.querySelectorAll("[data-rar-shown-if-extendable]")) each.hidden = !canExtend;
  for (const each of ending.querySelectorAll("[data-rar-shown-unless-extendable]")) each.hidden = canExtend;
  ending.querySelector("[data-rar-at]").textContent = clock.format(endsAt).replace(/\s/u, "");
  if (!ending.open) ending.showModal();
}

async function ask(options = {}) {
  try {
    const answer = await fetch(session.dataset.rarSession, { ...QUIETLY, ...options });
    if (answer.type === "opaqueredirect") {
      await isOver();
    } else if (answer.ok) {
      goesOn(await answer.json());
    } else {
      askIn(RETRY_MILLISECONDS);
    }
  } catch {
    // The connection is away for a moment.
    askIn(RETRY_MILLISECONDS);
  }
}

function goesOn({ seconds, canExtend, token }) {
  // Signing in again in another tab made the form's token worthless.
  for (const each of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) each.value = token;
  ended?.close();
  if (lastsFor(seconds)) {
    ending.close();
  } else {
    warn(canExtend);
  }
}

async function isOver() {
  ending.close();
  if (hasTyped && ended) {
    if (!ended.open) ended.showModal();
    return;
  }
  const question = document.querySelector("form:has(input[name=typed_by])");
  if (hasTyped && question) {
    // Sent without a session, it is kept until the person has signed in again.
    await fetch(window.location.href, { method: "POST", body: new URLSearchParams(new FormData(question)), ...QUIETLY });
  }
  const next = window.location.pathname + window.location.search;
  window.location.replace(`${session.dataset.rarSignedOut}?${new URLSearchParams({ ended: "yes", next })}`);
}

function stay() {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  ask({ method: "POST", headers: { ...QUIETLY.headers, "X-CSRFToken": token } });
}

if (session) {
  lastsFor(Number(session.dataset.rarSeconds));
  document.addEventListener("input", () => {
    hasTyped = true;
  });
  // Timers stand still while a computer sleeps, and somebody who has signed in elsewhere comes back.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && (ended?.open || Date.now() >= endsAt - WARNING_MILLISECONDS)) ask();
  });
  ending.querySelector("[data-rar-stay]").addEventListener("click", stay);
  ending.querySelector("[data-rar-close]").addEventListener("click", () => ending.close());
  // Escape: as the button does that is there.
  ending.addEventListener("cancel", (event) => {
    if (!ending.querySelector("[data-rar-stay]").hidden) {
      event.preventDefault();
      stay();
    }
  });
  // There is nothing else to do on the page, and what was typed is behind it.
  ended?.addEventListener("cancel", (event) => event.preventDefault());
}
