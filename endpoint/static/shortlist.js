// The page of a shortlist: put in order, removed, and taken over from somebody else, always with a way back.
"use strict";
(() => {
  const { read, change } = window.shortlist;
  const same = (some, others) => some.join() === others.join();
  const shown = () => {
    const texts = new URLSearchParams(location.search).getAll("ids");
    return [...new Set(texts.flatMap((text) => text.split(",")).filter((slug) => slug))];
  };
  const available = () => [...document.querySelectorAll("[data-slug]")].map((item) => item.dataset.slug);

  function showOwner() {
    const own = read();
    const isOwn = same(own, shown());
    document.documentElement.dataset.list = isOwn ? "own" : "shared";
    const adopt = document.getElementById("adopt");
    if (!adopt) return;
    adopt.hidden = isOwn;
    const isNew = available().some((slug) => !own.includes(slug));
    adopt.querySelector("[data-adopt=add]").hidden = !isNew;
    adopt.querySelector("[data-adopt=replace]").hidden = !own.length;
  }

  // The server renders the list in its new order: exports, links and buttons are then right as well.
  let turn = 0;
  let previous = [];
  async function show(slugs, focus) {
    const address = location.pathname + (slugs.length ? `?ids=${slugs.join(",")}` : "");
    const mine = ++turn;
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine !== turn) return;
      document.getElementById("main").replaceChildren(...page.getElementById("main").childNodes);
      for (const link of document.querySelectorAll(".languages a")) {
        const other = page.querySelector(`.languages a[hreflang="${link.hreflang}"]`);
        if (other) link.setAttribute("href", other.getAttribute("href"));
      }
      history.replaceState(null, "", address);
      showOwner();
      focus();
    } catch {
      location.assign(address);
    }
  }

  const toMain = () => document.getElementById("main").focus();
  const toUndo = () => document.querySelector("[data-undo]").focus();
  const toMove = (slug, way) => () => {
    const buttons = document.querySelectorAll(`[data-slug="${CSS.escape(slug)}"] [data-move]`);
    const wanted = [...buttons].find((button) => button.dataset.move === way && !button.disabled);
    (wanted ?? [...buttons].find((button) => !button.disabled) ?? document.getElementById("main")).focus();
  };

  // What is stored counts, not what is shown: a second key press may come before the first one's page.
  function move(slug, way) {
    const slugs = read();
    const from = slugs.indexOf(slug);
    const to = from + Number(way);
    if (from < 0 || to < 0 || to >= slugs.length) return;
    previous = read();
    slugs.splice(to, 0, ...slugs.splice(from, 1));
    change(slugs, "moved", { place: to + 1, all: slugs.length });
    show(slugs, toMove(slug, way));
  }

  function adopt(way) {
    const slugs = way === "add" ? [...new Set([...read(), ...available()])] : available();
    previous = shown();
    if (change(slugs, way === "add" ? "added" : "replaced")) show(read(), toMain);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const slug = button.closest("[data-slug]")?.dataset.slug;
    if (button.dataset.move || "remove" in button.dataset) event.preventDefault();
    if (button.dataset.move) move(slug, button.dataset.move);
    else if ("remove" in button.dataset) {
      previous = read();
      const rest = previous.filter((other) => other !== slug);
      change(rest, "removed");
      show(rest, toUndo);
    } else if ("empty" in button.dataset) {
      previous = read();
      change([], "cleared");
      show([], toUndo);
    } else if (button.dataset.adopt) adopt(button.dataset.adopt);
  });
  document.addEventListener("undone", () => show(previous, toMain));

  const own = read();
  if (own.length && !shown().length) location.replace(`${location.pathname}?ids=${own.join(",")}`);
  showOwner();
})();
