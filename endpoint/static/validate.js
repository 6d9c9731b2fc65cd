// Checking data: files may be dropped, are listed with their sizes, and sending shows how far it is. On a report,
// the marked cell of each excerpt is brought into view.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll(".excerpt")) {
    const mark = part.querySelector("mark");
    if (!mark) continue;
    const [outer, inner] = [part.getBoundingClientRect(), mark.getBoundingClientRect()];
    if (inner.right > outer.right) part.scrollLeft = inner.left - outer.left - outer.width / 3;
  }
});
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-check]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector("[data-drop]");
  const list = form.querySelector("[data-chosen]");
  const status = form.querySelector("[data-progress]");
  const button = form.querySelector("button:not([type=button])");
  const language = document.documentElement.lang;

  function size(bytes) {
    const steps = ["byte", "kilobyte", "megabyte"];
    const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
    const form = { style: "unit", unit: steps[step], unitDisplay: step ? "short" : "long", maximumFractionDigits: 1 };
    return new Intl.NumberFormat(language, form).format(bytes / 1000 ** step);
  }

  function choose(files) {
    const all = new DataTransfer();
    for (const file of files) all.items.add(file);
    input.files = all.files;
    show();
  }

  function show() {
    list.replaceChildren(...[...input.files].map((file, at) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      const note = document.createElement("span");
      const remove = document.createElement("button");
      name.textContent = file.name;
      note.textContent = size(file.size);
      note.className = "count";
      remove.type = "button";
      remove.className = "quiet";
      remove.textContent = form.dataset.remove;
      remove.setAttribute("aria-label", `${form.dataset.remove}: ${file.name}`);
      remove.addEventListener("click", () => {
        choose([...input.files].filter((_, other) => other !== at));
        input.focus();
      });
      item.append(name, note, remove);
      return item;
    }));
  }

  function say(text, share) {
    status.classList.remove("failed");
    status.textContent = text;
    if (share === undefined) return;
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", text);
    if (share < 1) bar.value = share;
    status.append(" ", bar);
  }

  function fail(text) {
    status.textContent = text || form.dataset.failed;
    status.classList.add("failed");
    button.disabled = false;
  }

  function answered(request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const problem = page.querySelector("[role=alert]");
    const report = page.querySelector("[data-report]");
    if (report) location.assign(report.getAttribute("href"));
    else if (request.status === 200 && new URL(request.responseURL).pathname !== new URL(form.action).pathname) {
      location.assign(request.responseURL);
    } else fail(problem ? problem.textContent : "");
  }

  // What a long check is doing comes item by item, as the page of a browser without scripts shows it.
  function stage(text) {
    const last = text.slice(text.lastIndexOf("<ol class=\"stages\">")).match(/<li>[^<]*/g);
    if (!last) return form.dataset.checking;
    const item = last.pop().slice(4);
    const shares = item.match(/\d+\s?%/g);
    return [item.replace(/\d+\s?%/g, "").trim(), ...(shares ? shares.slice(-1) : [])].join(" ");
  }

  function send() {
    const request = new XMLHttpRequest();
    let said = "";
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.setRequestHeader("Practicegraph-Progress", "1");
    request.upload.addEventListener("progress", (event) => {
      const share = event.lengthComputable ? event.loaded / event.total : 1;
      const text = share < 1 ? form.dataset.sending : form.dataset.checking;
      if (text !== said || share < 1) say(text, share);
      said = text;
    });
    request.addEventListener("progress", () => {
      if (request.responseURL === form.action) say(stage(request.responseText), 1);
    });
    request.addEventListener("load", () => answered(request));
    request.addEventListener("error", () => fail(""));
    button.disabled = true;
    say(form.dataset.checking, 1);
    request.send(new FormData(form));
  }

  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files.length) choose([...input.files, ...event.dataTransfer.files]);
  });
  // A file dropped beside the field must not take the place of the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  addEventListener("pageshow", () => { button.disabled = false; show(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
});
