/* The SPARQL page where scripts run: results without a reload, tabs, the editor, copying. Without them all works by links and forms. */
(() => {
  "use strict";

  const form = document.querySelector("form.query");
  const result = document.getElementById("result");
  if (!form || !result) return;

  const words = JSON.parse(document.getElementById("words").textContent);
  const textarea = form.querySelector("textarea");
  const state = document.getElementById("state");
  const address = new URL(form.getAttribute("action"), location.href);
  const MOST_TABS = 20;
  const LONGEST_ADDRESS = 8000;
  const CHOICES = ["view", "category", "value", "kind", "page"];
  let editor = null;
  words.keys = document.getElementById("keys").textContent.trim().replace(/\s+/g, " ");

  const query = () => textarea.value;
  function write(text) {
    if (editor) editor.set(text);
    else textarea.value = text;
  }

  /* Tabs: queries with their names and views, kept in this browser. */

  const box = document.getElementById("tabs");
  const list = box.querySelector("[role=tablist]");
  const KEY = `practicegraph sparql ${address.pathname.replace(/^\/(en|fr)\//, "/")}`;
  const shared = new URLSearchParams(location.search);
  let tabs = [];
  let current = 0;

  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      tabs = kept.tabs.filter((tab) => typeof tab.query === "string" && typeof tab.name === "string").slice(0, MOST_TABS);
      current = Math.min(Math.max(Number(kept.current) || 0, 0), tabs.length - 1);
    } catch { tabs = []; }
  }
  function keep() {
    try { localStorage.setItem(KEY, JSON.stringify({ tabs, current })); } catch { /* private windows keep nothing */ }
  }
  function untitled() {
    let n = 1;
    while (tabs.some((tab) => tab.name === words.untitled.replace("{n}", n))) n += 1;
    return words.untitled.replace("{n}", n);
  }
  function showTabs() {
    list.replaceChildren(...tabs.map((tab, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.role = "tab";
      button.id = `tab-${at}`;
      button.textContent = tab.name;
      button.setAttribute("aria-selected", String(at === current));
      button.setAttribute("aria-controls", "panel");
      button.tabIndex = at === current ? 0 : -1;
      button.addEventListener("click", () => select(at));
      return button;
    }));
    list.children[current]?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    box.querySelector("[data-tab=new]").disabled = tabs.length >= MOST_TABS;
  }
  function select(at) {
    current = at;
    result.replaceChildren();
    editor?.clear();
    write(tabs[at].query);
    form.querySelector("input[name=title]")?.remove();
    keep();
    showTabs();
  }
  /* Open a query in a tab of its own, or in the one that has it already. */
  function open(name, text, choice = {}) {
    let at = tabs.findIndex((tab) => tab.query.trim() === text.trim());
    if (at < 0) {
      tabs.push({ name: (name || untitled()).slice(0, 120), query: text, choice });
      if (tabs.length > MOST_TABS) tabs.shift();
      at = tabs.length - 1;
    }
    current = at;
    tabs[at].choice = choice;
    keep();
    showTabs();
  }

  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    select((current + step + tabs.length) % tabs.length);
    list.children[current].focus();
  });
  box.addEventListener("click", (event) => {
    const action = event.target.closest("[data-tab]")?.dataset.tab;
    if (action === "new") {
      tabs.push({ name: untitled(), query: "", choice: {} });
      select(tabs.length - 1);
      focus();
    } else if (action === "rename") {
      rename();
    } else if (action === "close") {
      tabs.splice(current, 1);
      if (!tabs.length) tabs.push({ name: untitled(), query: "", choice: {} });
      select(Math.max(0, current - 1));
      list.children[current].focus();
    }
  });
  /* The name of the tab becomes a field. */
  function rename() {
    const field = document.createElement("input");
    field.value = tabs[current].name;
    field.maxLength = 120;
    field.setAttribute("aria-label", words.name);
    list.hidden = true;
    list.before(field);
    field.select();
    let isOpen = true;
    const end = (wanted) => {
      if (!isOpen) return;
      isOpen = false;
      if (wanted && field.value.trim()) tabs[current].name = field.value.trim();
      field.remove();
      list.hidden = false;
      keep();
      showTabs();
      list.children[current].focus();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        end(event.key === "Enter");
      }
    });
    field.addEventListener("blur", () => end(true), { once: true });
  }
  function changed() {
    if (!tabs[current]) return;
    tabs[current].query = query();
    keep();
  }

  /* Running: the same page is asked for, and its part with the result taken. */

  let running = 0;
  async function run(choice = tabs[current]?.choice || {}) {
    const number = ++running;
    const text = query();
    const title = tabs[current]?.name || "";
    const parameters = new URLSearchParams(Object.entries({ ...choice, title }).filter(([, value]) => value));
    const body = new URLSearchParams({ query: text });
    const link = `${address.pathname}?${body}&${parameters}`;
    const isLong = link.length > LONGEST_ADDRESS;
    state.textContent = words.running;
    try {
      if (form.dataset.local) {
        const local = await import(new URL(form.dataset.local, location.href));
        const shown = await local.ask(text, form, words);
        if (number !== running) return;
        result.replaceChildren(...shown.nodes);
        state.textContent = shown.state;
        if (!isLong) history.replaceState(null, "", link);
        return settle();
      }
      const reply = isLong
        ? await fetch(`${address.pathname}?${parameters}`, { method: "POST", body, headers: { Accept: "text/html" } })
        : await fetch(link, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      if (number !== running) return;
      const part = page.getElementById("result");
      if (!part) throw new Error(String(reply.status));
      result.replaceChildren(...part.childNodes);
      const problem = result.querySelector(".problem");
      state.textContent = problem ? "" : result.querySelector(".count, .truth")?.textContent || "";
      if (tabs[current]) tabs[current].choice = choice;
      keep();
      if (!isLong) history.replaceState(null, "", link);
      settle();
    } catch {
      if (number === running) state.textContent = words.failed;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  });
  textarea.addEventListener("input", changed);
  const plain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);

  const chosen = (pairs) => Object.fromEntries([...pairs].filter(([name]) => CHOICES.includes(name)));
  result.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (link && plain(event)) {
      event.preventDefault();
      run(chosen(new URL(link.href).searchParams)).then(() => result.querySelector(".views [aria-current]")?.focus());
    }
    const clip = event.target.closest("[data-clip]");
    if (clip) copy(clip);
    const save = event.target.closest("[data-save]");
    if (save) saveQuery(save.dataset.save);
    const zoom = event.target.closest("[data-zoom]");
    if (zoom) magnify(result.querySelector("svg.places"), Number(zoom.dataset.zoom));
  });
  result.addEventListener("change", (event) => {
    const axes = event.target.closest("form[data-axes]");
    if (axes) run(chosen(new FormData(axes))).then(() => document.getElementById(event.target.id)?.focus());
  });
  result.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-axes]")) return;
    event.preventDefault();
    run(chosen(new FormData(event.target)));
  });

  function saveQuery(name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([query()], { type: "application/sparql-query" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async function copy(button) {
    const source = document.getElementById(button.dataset.clip);
    const name = button.textContent;
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = name; }, 2000);
    } catch {
      getSelection().selectAllChildren(source);
    }
  }

  /* What a result gets beside its markup: the place of an error, sorting and filtering of a table, an image, a map. */

  function settle() {
    const problem = result.querySelector(".problem[data-line]");
    editor?.clear();
    if (problem) point(Number(problem.dataset.line), Number(problem.dataset.column), problem.querySelector("p").textContent);
    const table = result.querySelector("table.results");
    if (table && table.tBodies[0].rows.length > 1) sortable(table);
    const map = result.querySelector("svg.places");
    if (map) draggable(map);
  }

  function point(line, column, message) {
    if (editor) return editor.mark(line, column, message);
    const before = query().split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
    textarea.setSelectionRange(before, before + 1);
    return undefined;
  }

  function sortable(table) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sorter";
      button.title = words.sort.replace("{name}", head.textContent);
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: null }[head.ariaSort] ?? (head.ariaSort === "descending" ? null : "ascending");
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        if (next) head.setAttribute("aria-sort", next);
        const key = (row) => row.cells[at].dataset.number ?? row.cells[at].dataset.text ?? row.cells[at].textContent;
        const sign = next === "descending" ? -1 : 1;
        const rows = next
          ? [...original].sort((one, other) => {
              const [a, b] = [key(one), key(other)];
              if (!a || !b) return a ? -1 : b ? 1 : 0;
              return sign * (one.cells[at].dataset.number && other.cells[at].dataset.number ? a - b : collator.compare(a, b));
            })
          : original;
        body.append(...rows);
      });
    });
    const label = document.createElement("label");
    const field = document.createElement("input");
    const told = document.createElement("span");
    field.type = "search";
    told.className = "note";
    told.setAttribute("role", "status");
    label.append(words.filter + " ", field);
    const line = document.createElement("p");
    line.className = "find";
    line.append(label, " ", told);
    table.closest(".scroll").before(line);
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      let count = 0;
      for (const row of original) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
        if (!row.hidden) count += 1;
      }
      told.textContent = wanted ? words.matching.replace("{n}", count).replace("{all}", original.length) : "";
    });
  }

  /* A map is enlarged and moved by its viewBox; circles stay as large as they are. */

  function view(map) {
    const { x, y, width, height } = map.viewBox.baseVal;
    return { x, y, width, height };
  }
  function show(map, { x, y, width, height }) {
    map.setAttribute("viewBox", [x, y, width, height].join(" "));
    const unit = Math.max(width, height) / 640;
    for (const circle of map.querySelectorAll("circle")) {
      circle.setAttribute("r", unit * Number(circle.dataset.pixels));
      circle.setAttribute("stroke-width", unit);
    }
  }
  function magnify(map, factor, at) {
    const seen = view(map);
    const fixed = at || { x: seen.x + seen.width / 2, y: seen.y + seen.height / 2 };
    show(map, {
      x: seen.x + (fixed.x - seen.x) * (1 - factor),
      y: seen.y + (fixed.y - seen.y) * (1 - factor),
      width: seen.width * factor,
      height: seen.height * factor,
    });
  }
  function draggable(map) {
    map.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch") return;
      map.setPointerCapture(event.pointerId);
      const seen = view(map);
      const scale = Math.max(seen.width / map.clientWidth, seen.height / map.clientHeight);
      map.onpointermove = (move) =>
        show(map, { ...seen, x: seen.x + (event.clientX - move.clientX) * scale, y: seen.y + (event.clientY - move.clientY) * scale });
    });
    map.addEventListener("pointerup", () => { map.onpointermove = null; });
    map.addEventListener("dblclick", (event) => {
      magnify(map, 0.5, new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse()));
    });
  }

  /* Examples: searched by their words, opened in a tab and run. */

  const examples = [...document.querySelectorAll("a[data-example]")];
  const found = document.getElementById("found");
  document.getElementById("find").addEventListener("input", ({ target }) => {
    const wanted = target.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const link of examples) {
      const text = `${link.parentElement.textContent} ${new URL(link.href).searchParams.get("query")}`.toLowerCase();
      link.parentElement.hidden = !wanted.every((word) => text.includes(word));
      if (!link.parentElement.hidden) count += 1;
    }
    found.textContent = count ? "" : words.none;
  });
  for (const link of examples) {
    link.addEventListener("click", (event) => {
      if (!plain(event)) return;
      event.preventDefault();
      const text = new URL(link.href).searchParams.get("query");
      open(link.textContent, text);
      write(text);
      run();
      form.scrollIntoView();
    });
  }

  /* The editor is loaded when it is wanted, or when nothing else is to be done on a screen that is large enough. */

  let loading = null;
  function want() {
    loading ??= Promise.all([import(form.dataset.editor), fetch(form.dataset.terms).then((reply) => reply.json())]).then(([module, terms]) => {
      const [from, to, hadFocus] = [textarea.selectionStart, textarea.selectionEnd, document.activeElement === textarea];
      editor = module.edit(textarea, { terms, words, run: () => run(), changed });
      textarea.hidden = true;
      form.classList.add("has-editor");
      form.querySelector("label").addEventListener("click", focus);
      editor.select(Math.min(from, query().length), Math.min(to, query().length));
      if (hadFocus) editor.focus();
      settleProblem();
    }).catch(() => { /* the plain field stays */ });
    return loading;
  }
  function settleProblem() {
    const problem = result.querySelector(".problem[data-line]");
    if (problem) point(Number(problem.dataset.line), Number(problem.dataset.column), problem.querySelector("p").textContent);
  }
  function focus() {
    if (editor) editor.focus();
    else textarea.focus();
  }
  if (form.dataset.editor) {
    textarea.addEventListener("focus", want, { once: true });
    const idle = window.requestIdleCallback || ((work) => setTimeout(work, 500));
    if (matchMedia("(min-width: 50rem) and (pointer: fine)").matches) {
      addEventListener("load", () => idle(want, { timeout: 3000 }), { once: true });
    }
  }

  /* The start: what this browser has kept, and what the address asks for. */

  load();
  const isLocal = Boolean(form.dataset.local) && shared.has("query");
  if (isLocal) write(shared.get("query"));
  const isAsked = shared.has("query") || result.childElementCount > 0;
  if (isAsked || !tabs.length) open(shared.get("title"), query(), isAsked ? chosen(shared) : {});
  else write(tabs[current].query);
  showTabs();
  settle();
  if (isLocal) run();
})();
