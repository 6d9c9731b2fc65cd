// The form for one practice: it is checked while somebody types, and the draft stays in the browser.
// Answers come as the page that the form gets without scripts; their parts replace those on this page.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-submission]");
  if (!form) return;
  const DRAFT = "submission";
  const PAUSE = 800;
  const MOST_TRIES = 3;
  const status = form.querySelector("[data-progress]");
  const said = form.querySelector("[data-said]");
  const undo = form.querySelector("[data-undo]");
  const fields = [...form.querySelectorAll("input, textarea, select")];
  const visited = new Set();
  let timer = 0;
  let running = null;
  let cleared = null;

  const read = () => fields.map((field) => [field.name, field.value]);
  const isEmpty = () => fields.every((field) => !field.value.trim());
  const flat = (part) => part?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const outcome = () => document.getElementById("outcome");

  function save() {
    try {
      if (isEmpty()) localStorage.removeItem(DRAFT);
      else localStorage.setItem(DRAFT, JSON.stringify(read()));
    } catch { /* private windows keep nothing */ }
  }

  function saved() {
    try {
      const draft = JSON.parse(localStorage.getItem(DRAFT) ?? "null");
      return Array.isArray(draft) ? draft.filter((pair) => Array.isArray(pair) && pair.every((part) => typeof part === "string")) : [];
    } catch { return []; }
  }

  function fill(pairs) {
    const left = [...pairs];
    for (const field of fields) {
      const at = left.findIndex(([name]) => name === field.name);
      const value = at < 0 ? "" : left.splice(at, 1)[0][1];
      if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) field.add(new Option(value));
      field.value = value;
      visited.add(field.name);
    }
    openMore();
  }

  function openMore() {
    for (const more of form.querySelectorAll(".more-texts")) {
      if ([...more.querySelectorAll("textarea")].some((field) => field.value)) more.open = true;
    }
  }

  // What is said of a field that nobody has come to yet would only disturb.
  const isShown = (name, all) => all || !name || visited.has(name) || fields.some((field) => field.name === name && field.value);

  function show(page, all) {
    for (const part of form.querySelectorAll("[data-answer]")) {
      const name = part.dataset.answer;
      const other = page.getElementById(part.id);
      const shown = other && isShown(name, all);
      part.replaceChildren(...(shown ? other.childNodes : []));
      const isWrong = Boolean(shown && "wrong" in other.dataset);
      for (const field of fields) {
        if (field.name !== name) continue;
        if (isWrong) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    }
    outcome().replaceChildren(...page.getElementById("outcome").childNodes);
    outcome().classList.remove("stale");
    const problems = document.getElementById("problems");
    if (all || problems.childElementCount) problems.replaceChildren(...page.getElementById("problems").childNodes);
    document.title = page.title;
    const active = document.activeElement;
    const about = active && active.name && form.contains(active) && document.getElementById(`answer-${active.name}`);
    said.textContent = about ? flat(about) : "";
    status.textContent = all ? flat(outcome().querySelector(".verdict-line")) : "";
    if (!all) return;
    for (const more of form.querySelectorAll(".more-texts")) if (more.querySelector("[aria-invalid]")) more.open = true;
    if (problems.childElementCount) {
      problems.focus({ preventScroll: true });
      problems.scrollIntoView();
    }
  }

  async function check(all, tries = 1) {
    clearTimeout(timer);
    running?.abort();
    // An exported site has no server: a script there fills the same parts of a page.
    if (window.submission) { show(window.submission.checked(form), all); return; }
    const own = running = new AbortController();
    status.textContent = form.dataset.checking;
    try {
      const response = await fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form), headers: { Accept: "text/html" }, signal: own.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (own !== running) return;
      if (response.status === 503 && tries < MOST_TRIES) {
        status.textContent = form.dataset.busy;
        timer = setTimeout(() => check(all, tries + 1), 1000 * (Number(response.headers.get("Retry-After")) || 5));
      } else if (page.getElementById("outcome")) show(page, all);
      else status.textContent = flat(page.querySelector("main")) || form.dataset.offline;
    } catch {
      if (own === running) status.textContent = form.dataset.offline;
    }
  }

  function changed() {
    save();
    cleared = null;
    undo.hidden = true;
    outcome().classList.add("stale");
    clearTimeout(timer);
    running?.abort();
    if (!isEmpty()) timer = setTimeout(() => check(false), PAUSE);
  }

  function forgetAnswers() {
    clearTimeout(timer);
    running?.abort();
    for (const part of form.querySelectorAll("[data-answer]")) part.replaceChildren();
    for (const field of fields) field.removeAttribute("aria-invalid");
    document.getElementById("problems").replaceChildren();
    outcome().querySelector(".verdict-line")?.remove();
    outcome().classList.add("stale");
  }

  form.addEventListener("input", changed);
  form.addEventListener("focusout", (event) => { if (event.target.name) visited.add(event.target.name); });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "file" && !window.submission) return;
    event.preventDefault();
    if (event.submitter?.name === "file") { window.submission.download(form); return; }
    check(true);
  });
  form.querySelector("[data-clear]").addEventListener("click", () => {
    if (isEmpty()) return;
    cleared = read();
    for (const field of fields) field.value = "";
    visited.clear();
    save();
    forgetAnswers();
    undo.hidden = false;
    status.textContent = status.dataset.cleared;
    undo.focus();
  });
  undo.addEventListener("click", () => {
    fill(cleared ?? []);
    changed();
    status.textContent = status.dataset.restored;
    fields[0].focus();
  });

  if (isEmpty() && saved().length) {
    fill(saved());
    status.textContent = status.dataset.restored;
    check(false);
  } else if (!isEmpty()) save();
});
