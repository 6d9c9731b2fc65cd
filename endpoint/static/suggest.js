// Suggestions below a search field while somebody types, as the ARIA combobox pattern describes them.
"use strict";
(() => {
  const WAIT = 150;

  function attach(field) {
    const list = document.createElement("ul");
    list.id = `${field.id}-suggestions`;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.dataset.suggestions);
    field.closest(".field").append(list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) field.setAttribute(name, value);

    let active = -1;
    let timer = 0;
    let asked = 0;
    const options = () => [...list.children];

    function close() {
      list.hidden = true;
      active = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }

    function choose(number) {
      options().forEach((option, at) => option.setAttribute("aria-selected", String(at === number)));
      active = number;
      if (number < 0) field.removeAttribute("aria-activedescendant");
      else {
        field.setAttribute("aria-activedescendant", options()[number].id);
        options()[number].scrollIntoView({ block: "nearest" });
      }
    }

    function show(found) {
      list.replaceChildren(...found.map((each, at) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${at}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.href = each.href;
        const name = document.createElement("span");
        name.textContent = each.name;
        name.lang = each.lang;
        name.dir = "auto";
        const kind = document.createElement("small");
        kind.textContent = each.beside ? each.beside : `${each.kind} · ${each.practices}`;
        option.append(name, " ", kind);
        return option;
      }));
      list.hidden = !found.length;
      active = -1;
      field.setAttribute("aria-expanded", String(found.length > 0));
      field.removeAttribute("aria-activedescendant");
    }

    // An exported site has all suggestions in one file, whose links begin at its own place.
    let whole = null;
    const wordsOf = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) ?? [];
    const has = (name, words) => {
      const own = wordsOf(name);
      return words.slice(0, -1).every((word) => own.includes(word)) && own.some((word) => word.startsWith(words.at(-1)));
    };

    async function suggestionsFor(text) {
      if (!("whole" in field.dataset)) {
        const response = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(text)}`);
        return (await response.json()).suggestions;
      }
      const place = new URL(field.dataset.suggest, location.href);
      whole ??= fetch(place).then((response) => response.json());
      const words = wordsOf(text);
      const found = words.length ? (await whole).filter((each) => [each.name, ...each.names].some((name) => has(name, words))) : [];
      return found.slice(0, 8).map((each) => ({ ...each, href: new URL(each.href, place).href }));
    }

    async function ask() {
      const text = field.value.trim();
      const turn = ++asked;
      if (text.length < 2) { close(); return; }
      try {
        const suggestions = await suggestionsFor(text);
        if (turn === asked && document.activeElement === field) show(suggestions);
      } catch { close(); }
    }

    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
    field.addEventListener("blur", () => { asked++; close(); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
      else if (list.hidden) return;
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const all = options().length + 1;
        choose((active + 1 + (event.key === "ArrowDown" ? 1 : all - 1)) % all - 1);
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        location.assign(options()[active].dataset.href);
      }
    });
    // The field keeps the focus, so that the click comes before the list closes.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[data-href]");
      if (option) location.assign(option.dataset.href);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("input[data-suggest]").forEach(attach);
  });
})();
