/* The list, the shortlist and the comparison of an exported site, from the files of the index. */
(() => {
  "use strict";

  const PAGE = 20;
  const GROUPS = { topic: ["topic"], country: ["country"], year: ["year", "status"], collection: ["collection"] };
  const SHORT = 4;
  const MOST_COMPARED = 4;
  const KNOWN = new Set([...Object.keys(GROUPS), "q", "from", "to", "dates", "ids", "sort", "page"]);
  const SORTS = ["title", "newest", "oldest", "changed"];
  const language = document.documentElement.lang;
  const loaded = new Map();
  let words;
  let folder;

  function load(name) {
    if (!loaded.has(name)) {
      loaded.set(name, fetch(new URL(name, folder)).then((reply) => {
        if (!reply.ok) throw new Error(`${name}: ${reply.status}`);
        return reply.json();
      }));
    }
    return loaded.get(name);
  }

  const fold = (word) => word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const wordsOf = (text) => fold(text.replace(/_/g, " ")).match(/[\p{L}\p{N}]+\*?/gu) ?? [];

  /* Practices with a word: 3 where a heading has it, 1 where only the text does. Longer words are beginnings too. */
  async function scores(word) {
    const sought = word.replace(/\*$/, "");
    const known = await load(`words-${/^[a-z0-9]/.test(sought) ? sought[0] : "other"}.json`);
    const isBeginning = sought.length > SHORT || word.endsWith("*");
    const found = new Map();
    for (const [candidate, [headings, texts]] of Object.entries(known)) {
      if (isBeginning ? !candidate.startsWith(sought) : candidate !== sought) continue;
      for (const at of texts) if (!found.has(at)) found.set(at, 1);
      for (const at of headings) found.set(at, 3);
    }
    return found;
  }

  /* Position → score of the practices that have every word; null where nothing is searched. */
  async function search(text) {
    const sought = [...new Set(wordsOf(text))].slice(0, 12);
    if (!sought.length) return null;
    const [first, ...others] = await Promise.all(sought.map(scores));
    const both = new Map();
    for (const [at, score] of first) {
      if (others.every((other) => other.has(at))) both.set(at, others.reduce((sum, other) => sum + other.get(at), score));
    }
    return both;
  }

  function read(query) {
    const wanted = new URLSearchParams(query);
    const year = (name) => (/^\d{1,4}$/.test(wanted.get(name) ?? "") ? Number(wanted.get(name)) : null);
    return {
      q: (wanted.get("q") ?? "").trim().slice(0, 200),
      values: Object.fromEntries(Object.keys(GROUPS).map((group) => [group, wanted.getAll(group).filter(Boolean)])),
      isRunning: wanted.get("dates") === "running",
      since: year("from"),
      until: year("to"),
      ids: [...new Set(wanted.getAll("ids").flatMap((text) => text.split(",")).filter(Boolean))].slice(0, 100),
      sort: wanted.get("sort") ?? "",
      page: Math.max(1, Number.parseInt(wanted.get("page") ?? "1", 10) || 1),
    };
  }

  const facetsOf = (group, selection) => GROUPS[group].map((facet) => (facet === "year" && selection.isRunning ? "running" : facet));

  function having(index, group, values, selection) {
    return new Set(facetsOf(group, selection).flatMap((facet) => values.flatMap((value) => index.facets[facet][value] ?? [])));
  }

  function inRange(index, { isRunning, since, until }) {
    const [first, last] = since !== null && until !== null && since > until ? [until, since] : [since, until];
    const years = Object.entries(index.facets[isRunning ? "running" : "year"]);
    return new Set(years.filter(([year]) => Number(year) >= (first ?? 0) && Number(year) <= (last ?? 9999)).flatMap(([, at]) => at));
  }

  /* The sets that practices must be in, by the group that asks for them. */
  function conditions(index, selection, found) {
    const sets = new Map();
    if (found) sets.set("q", new Set(found.keys()));
    if (selection.ids.length) sets.set("ids", new Set(selection.ids.map((slug) => index.slugs.indexOf(slug) + 1)));
    for (const [group, values] of Object.entries(selection.values)) {
      const known = values.filter((value) => facetsOf(group, selection).some((facet) => value in index.facets[facet]));
      if (known.length) sets.set(group, having(index, group, known, selection));
    }
    if (selection.since !== null || selection.until !== null) sets.set("range", inRange(index, selection));
    return sets;
  }

  const fits = (at, sets, without = "") => [...sets].every(([group, set]) => group === without || set.has(at));

  async function cardsAt(index, positions) {
    const blocks = await Promise.all(positions.map((at) => load(`cards-${language}-${Math.floor((at - 1) / index.block)}.json`)));
    return positions.map((at, number) => blocks[number][(at - 1) % index.block]);
  }

  function fillCards(box, cards) {
    const template = document.createElement("template");
    template.innerHTML = cards.join("");
    box.replaceChildren(template.content);
    document.dispatchEvent(new Event("cards"));
  }

  const number = (count) => count.toLocaleString(language);
  const sentence = (one, many, count) => (count === 1 || (language === "fr" && count === 0) ? one : many).replace("{n}", number(count));
  const asked = () => location.search.replace(/^\?$/, "");

  /* The list. */

  function address(form, selection, changes = {}) {
    const next = { ...selection, ...changes };
    const pairs = new URLSearchParams();
    if (next.q) pairs.append("q", next.q);
    for (const [group, values] of Object.entries(next.values)) for (const value of values) pairs.append(group, value);
    if (next.since !== null) pairs.append("from", next.since);
    if (next.until !== null) pairs.append("to", next.until);
    if (next.isRunning) pairs.append("dates", "running");
    if (next.ids.length) pairs.append("ids", next.ids.join(","));
    if (next.sort) pairs.append("sort", next.sort);
    if (next.page > 1) pairs.append("page", next.page);
    return form.getAttribute("action") + (pairs.size ? `?${pairs}` : "");
  }

  function link(text, href, className = "") {
    const made = document.createElement("a");
    made.textContent = text;
    made.setAttribute("href", href);
    if (className) made.className = className;
    return made;
  }

  function showFilters(form, index, selection, sets) {
    form.querySelector("#q").value = selection.q;
    form.querySelector("[name=from]").value = selection.since ?? "";
    form.querySelector("[name=to]").value = selection.until ?? "";
    for (const radio of form.querySelectorAll("[name=dates]")) radio.checked = (radio.value === "running") === selection.isRunning;
    for (const group of Object.keys(GROUPS)) {
      const within = index.orders.title.filter((at) => fits(at, sets, group));
      for (const box of form.querySelectorAll(`input[type=checkbox][name=${group}]`)) {
        const members = having(index, group, [box.value], selection);
        const count = within.filter((at) => members.has(at)).length;
        const label = box.closest("label");
        box.checked = selection.values[group].includes(box.value);
        label.classList.toggle("none", !count && !box.checked);
        label.querySelector(".count").textContent = number(count);
        if (box.checked && box.closest("details")) box.closest("details").open = true;
      }
    }
  }

  function chips(form, selection) {
    const list = document.createElement("ul");
    list.className = "chosen";
    list.setAttribute("aria-label", words.inUse);
    const add = (name, changes) => {
      const made = link("", address(form, selection, { page: 1, ...changes }));
      const away = Object.assign(document.createElement("span"), { className: "away", textContent: `${words.remove} ` });
      const cross = Object.assign(document.createElement("span"), { className: "cross", textContent: "×" });
      cross.setAttribute("aria-hidden", "true");
      made.append(away, name, cross);
      const item = document.createElement("li");
      item.append(made);
      list.append(item);
    };
    if (selection.ids.length) add(words.shortlist, { ids: [] });
    if (selection.q) add(selection.q, { q: "" });
    for (const [group, values] of Object.entries(selection.values)) {
      for (const value of values) {
        const box = form.querySelector(`input[name=${group}][value="${CSS.escape(value)}"]`);
        const name = box?.closest("label").querySelector(".name").textContent ?? value;
        add(name, { values: { ...selection.values, [group]: values.filter((other) => other !== value) } });
      }
    }
    const { since, until } = selection;
    if (since !== null || until !== null) add(since === until ? `${since}` : `${since ?? "…"}–${until ?? "…"}`, { since: null, until: null });
    if (!list.children.length) return null;
    const item = document.createElement("li");
    item.append(link(words.reset, form.getAttribute("action"), "reset"));
    list.append(item);
    return list;
  }

  function pageLinks(form, selection, pages) {
    const nav = document.createElement("nav");
    nav.className = "pages";
    nav.setAttribute("aria-label", words.pages);
    const line = document.createElement("span");
    line.textContent = words.page.replace("{page}", number(selection.page)).replace("{pages}", number(pages));
    if (selection.page > 1) nav.append(link(words.previous, address(form, selection, { page: selection.page - 1 })), " ");
    nav.append(line);
    if (selection.page < pages) nav.append(" ", link(words.next, address(form, selection, { page: selection.page + 1 })));
    return nav;
  }

  function inOrder(index, selection, found, matching) {
    if (found && (!selection.sort || selection.sort === "relevance")) return matching.sort((one, other) => found.get(other) - found.get(one));
    const order = SORTS.includes(selection.sort) ? selection.sort : "title";
    const among = new Set(matching);
    return index.orders[order].filter((at) => among.has(at));
  }

  let turn = 0;
  async function show(form) {
    const mine = ++turn;
    const selection = read(asked());
    form.setAttribute("aria-busy", "true");
    const [index, found] = await Promise.all([load("index.json"), search(selection.q)]);
    const sets = conditions(index, selection, found);
    const matching = inOrder(index, selection, found, index.orders.title.filter((at) => fits(at, sets)));
    const pages = Math.max(1, Math.ceil(matching.length / PAGE));
    selection.page = Math.min(selection.page, pages);
    const cards = await cardsAt(index, matching.slice((selection.page - 1) * PAGE, selection.page * PAGE));
    if (mine !== turn) return;
    form.removeAttribute("aria-busy");
    showFilters(form, index, selection, sets);
    showResults(form, selection, sets.size, matching.length, pages, cards);
  }

  function showResults(form, selection, isNarrowed, count, pages, cards) {
    const results = form.querySelector("#results");
    const heading = results.querySelector("#found");
    heading.textContent = isNarrowed ? sentence(words.foundOne, words.foundMany, count) : sentence(words.one, words.many, count);
    showSorts(results.querySelector("#sort"), selection);
    for (const old of results.querySelectorAll(".chosen, .pages, .empty, .notice")) old.remove();
    const chosen = chips(form, selection);
    if (chosen) results.querySelector(".results-head").after(chosen);
    const box = results.querySelector(".cards");
    const unread = [...new Set(new URLSearchParams(asked()).keys())].filter((name) => !KNOWN.has(name));
    if (unread.length) {
      const text = `${words.unread} ${unread.slice(0, 5).join(", ")}.`;
      box.before(Object.assign(document.createElement("p"), { className: "notice", textContent: text }));
    }
    fillCards(box, cards);
    const picked = results.querySelector(".picked");
    picked.hidden = !count;
    if (!count) {
      const empty = Object.assign(document.createElement("div"), { className: "empty" });
      const text = selection.q && filtersIn(selection) === 0 ? words.fewer : words.none;
      empty.append(Object.assign(document.createElement("p"), { textContent: text }));
      box.before(empty);
    }
    if (pages > 1) picked.after(pageLinks(form, selection, pages));
    results.querySelector(".take").hidden = Boolean(isNarrowed);
    document.getElementById("said").textContent = heading.textContent;
  }

  const filtersIn = (selection) => Object.values(selection.values).flat().length + selection.ids.length + (selection.since !== null || selection.until !== null ? 1 : 0);

  function showSorts(select, selection) {
    const relevance = select.querySelector("[value=relevance]");
    if (selection.q && !relevance) select.prepend(new Option(words.relevance, "relevance"));
    if (!selection.q && relevance) relevance.remove();
    select.value = selection.sort && select.querySelector(`[value="${CSS.escape(selection.sort)}"]`) ? selection.sort : selection.q ? "relevance" : "title";
  }

  function begin(form) {
    const go = (href) => {
      history.pushState(null, "", href);
      show(form).catch(() => location.reload());
    };
    const apply = () => {
      const data = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      const selection = read(data);
      if (selection.sort === (selection.q ? "relevance" : "title")) selection.sort = "";
      go(address(form, selection));
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      apply();
    });
    form.addEventListener("change", (event) => {
      if (event.target.type !== "search" && !event.target.matches("input[form=shortlist]")) apply();
    });
    form.addEventListener("click", (event) => {
      const way = event.target.closest(".chosen a, .pages a");
      if (!way || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      go(way.getAttribute("href"));
      form.querySelector("#results").scrollIntoView();
    });
    addEventListener("popstate", () => show(form));
    if (asked()) show(form).catch(() => form.removeAttribute("aria-busy"));
  }

  /* The shortlist. */

  async function showShortlist(section) {
    const { ids } = read(asked());
    const own = window.shortlist.read();
    if (!ids.length && own.length) location.replace(`?ids=${own.join(",")}`);
    if (!ids.length) return;
    document.documentElement.dataset.list = own.join() === ids.join() ? "own" : "shared";
    const index = await load("index.json");
    const places = new Map(index.slugs.map((slug, at) => [slug, at + 1]));
    const positions = ids.map((slug) => places.get(slug)).filter(Boolean);
    if (!positions.length) return;
    fillCards(section.querySelector(".cards"), await cardsAt(index, positions));
    section.querySelector("#found").textContent = sentence(words.one, words.many, positions.length);
    document.getElementById("no-shortlist").hidden = true;
    const compare = section.querySelector("[data-compare]");
    compare.hidden = positions.length < 2;
    compareFirst(compare, ids);
    arrange(section.querySelector(".cards"), compare);
    section.hidden = false;
    section.querySelector("[data-empty]").addEventListener("click", () => {
      window.shortlist.change([], "cleared");
      document.getElementById("no-shortlist").hidden = false;
      section.hidden = true;
    });
  }

  const compareFirst = (link, ids) => link.setAttribute("href", `${link.getAttribute("href").split("?")[0]}?ids=${ids.slice(0, MOST_COMPARED).join(",")}`);

  function arrange(cards, compare) {
    const slugs = () => [...cards.querySelectorAll("input[form=shortlist]")].map((box) => box.value);
    const showEnds = () => {
      for (const button of cards.querySelectorAll("[data-move]")) button.disabled = !neighbour(button);
    };
    for (const card of cards.children) {
      const title = card.querySelector("h3").textContent;
      for (const [way, sign, name] of [["-1", "↑", words.up], ["1", "↓", words.down]]) {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: sign });
        button.dataset.move = way;
        button.setAttribute("aria-label", `${name} ${title}`);
        card.querySelector(".meta").append(button);
      }
    }
    cards.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-move]");
      if (!button) return;
      const card = button.closest(".card");
      if (button.dataset.move < 0) neighbour(button).before(card);
      else neighbour(button).after(card);
      const moved = slugs();
      const place = moved.indexOf(card.querySelector("input[form=shortlist]").value) + 1;
      if (document.documentElement.dataset.list === "own") window.shortlist.change(moved, "moved", { place, all: moved.length });
      history.replaceState(null, "", `?ids=${moved.join(",")}`);
      compareFirst(compare, moved);
      showEnds();
      (button.disabled ? card.querySelector("[data-move]:enabled") : button).focus();
    });
    document.addEventListener("undone", () => location.replace(`?ids=${window.shortlist.read().join(",")}`));
    showEnds();
  }

  function neighbour(button) {
    const card = button.closest(".card");
    return button.dataset.move < 0 ? card.previousElementSibling : card.nextElementSibling;
  }

  /* The comparison: tables of one practice each, side by side. */

  const partsOf = (table) => [...table.tBodies].map((part) => ({ name: part.rows[0].textContent.trim(), part }));

  function sideBySide(tables) {
    const names = [];
    for (const parts of tables.map(partsOf)) {
      let after = 0;
      for (const { name } of parts) {
        if (!names.includes(name)) names.splice(after, 0, name);
        after = names.indexOf(name) + 1;
      }
    }
    const [made, ...others] = tables;
    for (const table of others) made.tHead.rows[0].append(...table.tHead.rows[0].cells);
    const all = tables.map((table) => new Map(partsOf(table).map(({ name, part }) => [name, part.rows])));
    made.append(...names.map((name) => {
      const [heading] = all.find((rows) => rows.has(name)).get(name);
      heading.cells[0].colSpan = tables.length;
      const row = document.createElement("tr");
      row.append(...all.map((rows) => rows.get(name)?.[1].cells[0] ?? unstated()));
      const part = document.createElement("tbody");
      part.append(heading, row);
      return part;
    }));
    for (const part of [...made.tBodies].slice(0, -names.length)) part.remove();
    return made;
  }

  function unstated() {
    const cell = document.createElement("td");
    cell.append(Object.assign(document.createElement("span"), { className: "note", textContent: box.dataset.unstated }));
    return cell;
  }

  async function showComparison(section) {
    const { ids } = read(asked());
    if (!ids.length) return;
    const index = await load("index.json");
    const positions = ids.slice(0, MOST_COMPARED).map((slug) => index.slugs.indexOf(slug)).filter((at) => at >= 0);
    const blocks = await Promise.all(positions.map((at) => load(`compared-${language}-${Math.floor(at / index.compared)}.json`)));
    const template = document.createElement("template");
    template.innerHTML = positions.map((at, number) => blocks[number][at % index.compared]).join("");
    const tables = [...template.content.querySelectorAll("table")];
    if (!tables.length) return;
    section.append(sideBySide(tables));
    section.hidden = false;
    document.getElementById("no-comparison").hidden = tables.length > 1;
  }

  const box = document.querySelector("[data-index]");
  if (!box) return;
  words = JSON.parse(document.getElementById("list-words").textContent);
  folder = new URL(box.dataset.index, location.href);
  if (box.matches("form")) begin(box);
  else if (box.matches("section")) showShortlist(box);
  else showComparison(box);
})();
