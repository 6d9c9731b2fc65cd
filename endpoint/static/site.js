// What pages can do where scripts run; without them everything works by links and forms.
"use strict";
(() => {
  const root = document.documentElement;
  const SIZES = ["small", "", "large", "larger"];
  const store = {
    read(name, fallback) {
      try { return JSON.parse(localStorage.getItem(name)) ?? fallback; } catch { return fallback; }
    },
    write(name, value) {
      try { localStorage.setItem(name, JSON.stringify(value)); return true; } catch { return false; }
    },
  };

  // Before anything is drawn, so that nothing moves later.
  root.classList.add("scripted");
  const size = () => Math.min(Math.max(Number(store.read("size", 1)) || 0, 0), SIZES.length - 1);
  const showSize = () => { root.dataset.size = SIZES[size()]; };
  showSize();

  const MOST_KEPT = 40;
  const kept = () => {
    const slugs = store.read("shortlist", []);
    const names = Array.isArray(slugs) ? slugs.filter((slug) => /^[a-z0-9-]+$/.test(slug)) : [];
    return [...new Set(names)].slice(0, MOST_KEPT);
  };

  // Every change of the shortlist says what it did and can be undone until the next one.
  let before = null;
  function change(slugs, message, values = {}) {
    const previous = kept();
    if (slugs.length > MOST_KEPT) tell("full");
    else if (!store.write("shortlist", slugs)) tell("unsaved");
    else {
      before = previous;
      tell(message, values, true);
    }
    showKept();
    return slugs.length <= MOST_KEPT && before === previous;
  }

  function tell(message, values = {}, canUndo = false) {
    const line = document.querySelector(".undo");
    const text = message ? line.dataset[message] : "";
    line.querySelector("p").textContent = text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    line.querySelector("button").hidden = !canUndo;
    line.classList.toggle("shown", Boolean(text));
  }

  function undo() {
    if (before) store.write("shortlist", before);
    before = null;
    tell("");
    showKept();
    document.getElementById("main").focus({ preventScroll: true });
    document.dispatchEvent(new Event("undone"));
  }

  const keep = (slug, wanted) => {
    const others = kept().filter((other) => other !== slug);
    change(wanted ? [...others, slug] : others, wanted ? "added" : "removed");
  };
  window.shortlist = { read: kept, change };

  function showKept() {
    const slugs = kept();
    for (const link of document.querySelectorAll("a[data-shortlist]")) {
      const address = link.getAttribute("href").split("?")[0];
      link.setAttribute("href", slugs.length ? `${address}?ids=${slugs.join(",")}` : address);
      const badge = link.querySelector(".badge");
      if (badge) badge.textContent = slugs.length || "";
    }
    for (const box of document.querySelectorAll("input[form=shortlist]")) box.checked = slugs.includes(box.value);
    for (const button of document.querySelectorAll("[data-keep]")) {
      const isKept = slugs.includes(button.dataset.keep);
      button.dataset.name ??= button.textContent;
      button.setAttribute("aria-pressed", String(isKept));
      button.textContent = isKept ? button.dataset.kept : button.dataset.name;
    }
  }

  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    const name = button.textContent;
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).replace(/\s+/g, " ").trim());
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = name; }, 2000);
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
    }
  }

  // An image is drawn by the browser, which has the fonts; without scripts the link leads to the SVG.
  async function png(link) {
    const text = await (await fetch(link.href)).text();
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    const scale = Math.min(1, 8000 / Math.max(image.width, image.height));
    [canvas.width, canvas.height] = [image.width * scale, image.height * scale];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      const made = document.createElement("a");
      made.href = URL.createObjectURL(blob);
      made.download = link.download;
      made.click();
      setTimeout(() => URL.revokeObjectURL(made.href), 10000);
    }, "image/png");
  }

  function leadBack() {
    const link = document.querySelector("a[data-back]");
    if (!link || !document.referrer) return;
    const from = new URL(document.referrer);
    const list = new URL(link.href);
    if (from.origin === location.origin && from.pathname === list.pathname && from.search) {
      link.href = from.pathname + from.search;
      link.textContent = link.dataset.back;
    }
  }

  // The list with its filters: what is wanted applies at once, and the focus stays where it is.
  let asked = 0;
  let shown = location.pathname + location.search;
  async function apply(form) {
    const wanted = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    if (wanted.get("sort") === form.dataset.order) wanted.delete("sort");
    const query = wanted.toString();
    const address = form.getAttribute("action") + (query ? `?${query}` : "");
    const turn = ++asked;
    form.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (turn === asked) show(form, page, address);
    } catch {
      location.assign(address);
    } finally {
      if (turn === asked) form.removeAttribute("aria-busy");
    }
  }

  function show(form, page, address) {
    const focused = document.activeElement;
    const mark = focused && focused.name ? `[name="${focused.name}"][value="${CSS.escape(focused.value)}"]` : "";
    const scrolled = [...form.querySelectorAll(".scroll")].map((part) => part.scrollTop);
    for (const part of ["filters", "results"]) {
      document.getElementById(part).replaceChildren(...page.getElementById(part).childNodes);
    }
    form.querySelectorAll(".scroll").forEach((part, at) => { part.scrollTop = scrolled[at] ?? 0; });
    const again = focused && focused.id ? document.getElementById(focused.id) : mark && form.querySelector(mark);
    if (again && again !== document.activeElement) again.focus({ preventScroll: true });
    document.title = page.title;
    for (const link of document.querySelectorAll(".languages a")) {
      const other = page.querySelector(`.languages a[hreflang="${link.hreflang}"]`);
      if (other) link.setAttribute("href", other.getAttribute("href"));
    }
    history.pushState(null, "", address);
    shown = location.pathname + location.search;
    document.getElementById("said").textContent = document.getElementById("found").textContent;
    showKept();
  }

  // Another tab may have changed the list; a page may come back from the browser's memory.
  addEventListener("storage", showKept);
  addEventListener("pageshow", (event) => { if (event.persisted) showKept(); });

  // What is like a practice comes from a page of its own, when it is nearly in view.
  function loadSimilar() {
    const section = document.querySelector("section[data-load]");
    if (!section) return;
    new IntersectionObserver(async (entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      try {
        const response = await fetch(section.dataset.load, { headers: { Accept: "text/html" } });
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const cards = page.getElementById("similar-practices");
        if (!cards) return;
        for (const link of cards.querySelectorAll("a[href]")) link.href = new URL(link.getAttribute("href"), response.url);
        section.append(cards);
      } catch { /* the link leads there */ }
    }, { rootMargin: "400px" }).observe(section);
  }

  document.addEventListener("DOMContentLoaded", () => {
    showKept();
    leadBack();
    document.addEventListener("cards", showKept);
    loadSimilar();
    const form = document.querySelector("form.catalogue:not([data-index])");
    if (form) {
      form.dataset.order = form.dataset.order ?? "";
      addEventListener("popstate", () => { if (location.pathname + location.search !== shown) location.reload(); });
    }
    const wide = matchMedia("(min-width: 56rem)");
    document.addEventListener("change", (event) => {
      const field = event.target;
      if (field.matches("input[form=shortlist]")) keep(field.value, field.checked);
      else if (form && form.contains(field) && field.type !== "search" && (wide.matches || field.id === "sort")) apply(form);
    });
    document.addEventListener("submit", (event) => {
      if (event.target.id !== "shortlist") return;
      event.preventDefault();
      location.assign(document.querySelector("a[data-shortlist]").href);
    });
    document.addEventListener("click", (event) => {
      const image = event.target.closest("a[data-png]");
      if (image) {
        event.preventDefault();
        png(image);
        return;
      }
      const button = event.target.closest("button");
      if (!button) return;
      if ("print" in button.dataset) print();
      else if (button.dataset.size) {
        store.write("size", Math.min(Math.max(size() + Number(button.dataset.size), 0), SIZES.length - 1));
        showSize();
      } else if (button.dataset.keep) keep(button.dataset.keep, button.getAttribute("aria-pressed") !== "true");
      else if (button.dataset.copy) copy(button);
      else if ("undo" in button.dataset) undo();
    });
  });
})();
