// Keys press the page's own buttons and links; without this script every page works all the same.
"use strict";
(() => {
  const typing = (target) => target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select");
  const shown = (element) => element.checkVisibility();
  let begun = "";

  const all = () => [...document.querySelectorAll("[data-key]")].filter(shown);
  const press = (element) => (element.matches("input, select, textarea") ? element.focus() : element.click());

  function step(by) {
    const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
    const opens = document.querySelector("[data-rows][data-rows=focus]") === null;
    const here = rows.findIndex((row) => (opens ? row.getAttribute("aria-current") : row === document.activeElement));
    const next = rows[Math.min(Math.max(here + by, 0), rows.length - 1)];
    if (!next || next === rows[here]) return;
    opens ? next.click() : next.focus();
  }

  function help() {
    const dialog = document.getElementById("keys");
    const list = document.createElement("dl");
    const say = (key, words) => {
      const term = document.createElement("dt");
      const what = document.createElement("dd");
      term.textContent = key;
      what.textContent = words;
      list.append(term, what);
    };
    if (document.querySelector("[data-row]")) say("j, k", "next and previous in the list");
    if (document.querySelector("[data-tick]")) say("x", "tick the row in focus");
    for (const element of all()) {
      const words = element.dataset.says || element.textContent.replace(/\s+\S*$/, "").trim() || element.textContent;
      say(element.dataset.key, element.hasAttribute("data-help") ? "this help" : words.trim());
    }
    const close = document.createElement("button");
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(list, close);
    dialog.showModal();
  }

  function tickAll(boxes) {
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const keys = begun ? `${begun} ${event.key}` : event.key;
    const found = all().find((element) => element.dataset.key === keys);
    begun = "";
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    if (found) {
      event.preventDefault();
      press(found);
    } else if (event.key === "x" && event.target.closest("[data-rows] tr")) {
      event.target.closest("tr").querySelector("[data-tick]")?.click();
    } else if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      step(event.key === "j" ? 1 : -1);
    } else if (all().some((element) => element.dataset.key.startsWith(`${event.key} `))) {
      begun = event.key;
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) help();
    if (event.target.closest("[data-ticks]")) tickAll([...document.querySelectorAll("[data-tick]")]);
  });

  // The running difference of the items picked by hand, in whole minor units.
  function reckon(form) {
    const digits = Number(form.dataset.digits);
    const minor = (text) => Math.round(Number(text.replace(",", ".")) * 10 ** digits);
    const paid = [...form.querySelectorAll("[data-amount]")].reduce((sum, field) => sum + minor(field.value), 0);
    const left = Number(form.dataset.minor) - paid;
    const out = form.querySelector("[data-left]");
    out.textContent = Number.isFinite(left) ? (left / 10 ** digits).toFixed(digits) : "?";
    out.classList.toggle("done", left === 0);
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-minor]");
    if (form) reckon(form);
  });

  function arrive() {
    for (const element of document.querySelectorAll("[data-help], [data-ticks]")) element.hidden = false;
    document.querySelector("[data-rows] [aria-current]")?.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("DOMContentLoaded", arrive);
  document.addEventListener("htmx:afterSettle", arrive);
})();
