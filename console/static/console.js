"use strict";

const all = selector => [...document.querySelectorAll(selector)];

function say(text) {
  const said = document.getElementById("said");
  said.textContent = text;
  setTimeout(() => { said.textContent = ""; }, 2500);
}

// The server escapes every value of a fragment. The fragment replaces the old one only if it differs, so that focus, opened
// details and selected text stay.
function keepUpToDate(part) {
  let before = part.innerHTML.trim();
  const again = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(part.dataset.refresh);
        const text = (await answer.text()).trim();
        if (answer.ok && text !== before && !part.contains(document.activeElement)) {
          const open = new Set(all("details[open]").map(one => one.id));
          part.innerHTML = before = text;
          for (const one of part.querySelectorAll("details")) one.open = one.open || open.has(one.id);
        }
      } catch {
        say("The console does not answer.");
      }
    }
    setTimeout(again, 1000 * part.dataset.seconds);
  };
  setTimeout(again, 1000 * part.dataset.seconds);
}

function checkWhileTyping(form) {
  const answer = form.querySelector(".answer");
  let timer = 0, newest = 0;
  form.querySelector("textarea").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const number = ++newest;
      const found = await fetch(form.dataset.check, { method: "POST", body: new FormData(form) });
      const text = await found.text();
      if (found.ok && number === newest) answer.innerHTML = text;
    }, 250);
  });
}

async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    say("Copied.");
  } catch {
    getSelection().selectAllChildren(code);
    say("Selected. Press Ctrl-C.");
  }
}

const focusable = row => row.querySelector("a, summary");

function move(step) {
  const rows = all("[data-row]");
  const now = rows.findIndex(row => row.contains(document.activeElement));
  const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(now + step, 0), rows.length - 1)];
  if (next) focusable(next)?.focus();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const pages = all("nav a"), number = Number(event.key);
  if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (event.key === "/") document.querySelector("main input:not([type=hidden]), main textarea")?.focus();
  else if (event.key === "?") document.getElementById("help").showModal();
  else if (event.key === "c" && document.querySelector("[data-next]")) copy(document.querySelector("[data-next]"));
  else if (number >= 1 && number <= pages.length) pages[number - 1].click();
  else return;
  event.preventDefault();
}

all("[data-refresh]").forEach(keepUpToDate);
all("[data-check]").forEach(checkWhileTyping);
document.addEventListener("keydown", onKey);
document.addEventListener("click", event => {
  if (event.target.closest("[data-help]")) document.getElementById("help").showModal();
  const button = event.target.closest("[data-copy]");
  if (button) copy(button.parentElement.querySelector("code"));
});
