/* The query editor: YASGUI in the place of the plain form, with our terms to complete and no other endpoint. */
(function () {
  "use strict";

  const place = document.getElementById("editor");
  const form = document.querySelector("form.query");
  const Yasgui = window.Yasgui && (window.Yasgui.default || window.Yasgui.Yasgui || window.Yasgui);
  if (!place || !form || typeof Yasgui !== "function") return;

  const { Yasqe, Yasr } = Yasgui;
  const known = JSON.parse(document.getElementById("known").textContent);
  const words = JSON.parse(document.getElementById("editor-words").textContent);
  const written = form.querySelector("textarea").value;
  const address = new URL(form.getAttribute("action"), window.location.href).href;
  const SVG = "http://www.w3.org/2000/svg";

  /* Completion: of the variables in the query, and of what the data hold. */

  function short(iri) {
    for (const [prefix, space] of Object.entries(known.prefixes)) {
      const rest = iri.slice(space.length);
      if (iri.startsWith(space) && /^[A-Za-z0-9_-]+$/.test(rest)) return prefix + ":" + rest;
    }
    return "<" + iri + ">";
  }

  function matching(terms, typed) {
    const wanted = typed.replace(/^</, "").toLowerCase();
    const names = terms.map(([iri, label]) => ({ name: short(iri), iri, label: label.toLowerCase() }));
    const first = names.filter((term) => term.name.toLowerCase().startsWith(wanted));
    const others = names.filter(
      (term) =>
        !first.includes(term) &&
        (term.iri.toLowerCase().startsWith(wanted) ||
          (!wanted.includes(":") && (term.name.toLowerCase().includes(wanted) || term.label.includes(wanted))))
    );
    return first.concat(others).map((term) => term.name);
  }

  function completer(name, original, terms) {
    Yasqe.forkAutocompleter(
      original,
      {
        name,
        bulk: false,
        autoShow: true,
        get: (yasqe, token) => (token && token.string.trim() ? matching(terms, token.string.trim()) : []),
        preProcessToken: (yasqe, token) => token,
        postProcessSuggestion: (yasqe, token, suggestion) => suggestion,
      },
      false
    );
  }

  Yasqe.forkAutocompleter(
    "prefixes",
    {
      name: "our prefixes",
      persistenceId: null,
      get: () => Object.entries(known.prefixes).map(([prefix, space]) => prefix + ": <" + space + ">"),
    },
    false
  );
  completer("our properties", "property", known.properties);
  completer("our classes", "class", known.classes);
  Yasqe.registerAutocompleter(
    {
      name: "our things",
      bulk: false,
      autoShow: true,
      isValidCompletionPosition: (yasqe) => {
        const token = yasqe.getCompleteToken();
        return /^(topic|country):?/.test(token.string) && !/^[?$]/.test(token.string);
      },
      get: (yasqe, token) => (token ? matching(known.things, token.string.trim()) : []),
    },
    false
  );
  Yasqe.defaults.autocompleters = ["variables", "our prefixes", "our properties", "our classes", "our things"];

  /* What the answers share. */

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function drawn(name, attributes, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const isNumber = (term) =>
    term !== undefined && term.type !== "uri" && term.value.trim() !== "" && Number.isFinite(Number(term.value));

  function columns(yasr) {
    const rows = (yasr.results && yasr.results.getBindings()) || [];
    const names = (yasr.results && yasr.results.getVariables()) || [];
    const numeric = names.filter((name) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || isNumber(row[name])));
    const worded = names.filter((name) => rows.some((row) => row[name] && row[name].type !== "uri" && !isNumber(row[name])));
    return { rows, names, numeric, worded };
  }

  function icon(path) {
    const svg = drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, drawn("path", { d: path, fill: "currentColor" }));
    return element("div", { class: "svgImg" }, svg);
  }

  /* A map where there are coordinates; one unit is one degree, narrowed as it is at the places' own latitude. */

  function places({ rows, numeric, worded }) {
    const latitude = numeric.find((name) => /^lat(itude)?$/i.test(name));
    const longitude = numeric.find((name) => /^(long?|lng|longitude)$/i.test(name));
    if (!latitude || !longitude) return [];
    const size = numeric.find((name) => name !== latitude && name !== longitude);
    const label = worded.find((name) => /name|label|title/i.test(name)) || worded[0];
    return rows
      .filter((row) => row[latitude] && row[longitude])
      .map((row) => ({
        y: -Number(row[latitude].value),
        x: Number(row[longitude].value),
        size: size && row[size] ? Number(row[size].value) : 1,
        text: [label, size].filter((name) => name && row[name]).map((name) => row[name].value).join(": "),
      }))
      .filter(({ x, y }) => Math.abs(x) <= 180 && Math.abs(y) <= 90);
  }

  function frame(found) {
    const [top, bottom] = [Math.min(...found.map(({ y }) => y)), Math.max(...found.map(({ y }) => y))];
    const narrow = Math.max(Math.cos((((top + bottom) / 2) * Math.PI) / 180), 0.3);
    const [left, right] = [Math.min(...found.map(({ x }) => x)) * narrow, Math.max(...found.map(({ x }) => x)) * narrow];
    const margin = Math.max(right - left, bottom - top, 4) * 0.08;
    return { narrow, box: { x: left - margin, y: top - margin, width: right - left + 2 * margin, height: bottom - top + 2 * margin } };
  }

  function show(map, box) {
    const unit = Math.max(box.width / 1000, box.height / 600);
    map.setAttribute("viewBox", [box.x, box.y, box.width, box.height].join(" "));
    for (const circle of map.querySelectorAll("circle")) {
      circle.setAttribute("r", unit * Number(circle.dataset.pixels));
      circle.setAttribute("stroke-width", unit);
    }
  }

  function nearer(map, box, factor, at) {
    const fixed = at || { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    box.x += (fixed.x - box.x) * (1 - factor);
    box.y += (fixed.y - box.y) * (1 - factor);
    box.width *= factor;
    box.height *= factor;
    show(map, box);
  }

  function drag(map, box) {
    map.addEventListener("pointerdown", (event) => {
      map.setPointerCapture(event.pointerId);
      const scale = Math.max(box.width / map.clientWidth, box.height / map.clientHeight);
      const start = { x: box.x + event.clientX * scale, y: box.y + event.clientY * scale };
      map.onpointermove = (move) => {
        box.x = start.x - move.clientX * scale;
        box.y = start.y - move.clientY * scale;
        show(map, box);
      };
    });
    map.addEventListener("pointerup", () => (map.onpointermove = null));
    map.addEventListener("dblclick", (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
      nearer(map, box, 0.5, at);
    });
  }

  class PlaceMap {
    constructor(yasr) {
      this.yasr = yasr;
      this.priority = 5;
      this.label = words.map;
    }
    canHandleResults() {
      return places(columns(this.yasr)).length > 0;
    }
    draw() {
      const found = places(columns(this.yasr)).sort((one, other) => other.size - one.size);
      const { narrow, box } = frame(found);
      const largest = Math.max(...found.map(({ size }) => size), 1);
      const map = drawn("svg", { class: "places", role: "img" });
      map.append(drawn("title", {}, found.length === 1 ? words.place : words.places.replace("{n}", found.length)));
      if (place.dataset.world) {
        map.append(drawn("image", { href: place.dataset.world, x: -180 * narrow, y: -90, width: 360 * narrow, height: 180, preserveAspectRatio: "none" }));
      }
      for (const { x, y, size, text } of found) {
        const pixels = 4 + 10 * Math.sqrt(Math.max(size, 0) / largest);
        map.append(drawn("circle", { cx: x * narrow, cy: y, "data-pixels": pixels }, drawn("title", {}, text)));
      }
      const buttons = [["+", words.nearer, 0.6], ["−", words.farther, 1 / 0.6]].map(([sign, name, factor]) => {
        const button = element("button", { type: "button", class: "quiet", "aria-label": name, title: name }, sign);
        button.addEventListener("click", () => nearer(map, box, factor));
        return button;
      });
      show(map, box);
      drag(map, box);
      this.yasr.resultsEl.append(element("p", { class: "zoom" }, ...buttons), map);
    }
    getIcon() {
      return icon("M8 0a5 5 0 0 0-5 5c0 3.5 5 11 5 11s5-7.5 5-11a5 5 0 0 0-5-5zm0 7a2 2 0 1 1 0-4 2 2 0 0 1 0 4z");
    }
  }

  /* Bars where rows have a name and a number. */

  class Bars {
    constructor(yasr) {
      this.yasr = yasr;
      this.priority = 4;
      this.label = words.chart;
    }
    _axes() {
      const found = columns(this.yasr);
      const value = found.numeric.filter((name) => !/^(lat|long?|lng|latitude|longitude)$/i.test(name)).pop();
      const label = found.worded[0] || found.names.find((name) => name !== value && found.rows.every((row) => row[name]));
      return { rows: found.rows, value, label };
    }
    canHandleResults() {
      const { rows, value, label } = this._axes();
      return Boolean(value && label) && rows.length > 1 && rows.length <= 200 && rows.every((row) => !row[value] || Number(row[value].value) >= 0);
    }
    draw() {
      const { rows, value, label } = this._axes();
      const largest = Math.max(...rows.map((row) => (row[value] ? Number(row[value].value) : 0)), 1);
      const body = element("tbody");
      for (const row of rows) {
        const number = row[value] ? Number(row[value].value) : 0;
        const bar = element("span", { class: "bar" });
        bar.style.width = (100 * number) / largest + "%";
        const name = row[label] ? (row[label].type === "uri" ? short(row[label].value) : row[label].value) : "";
        body.append(element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, bar, element("span", { class: "number" }, String(number)))));
      }
      const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, label), element("th", { scope: "col" }, value)));
      this.yasr.resultsEl.append(element("table", { class: "bars" }, head, body));
    }
    getIcon() {
      return icon("M1 15V9h3v6zm5 0V1h3v14zm5 0V5h3v10z");
    }
  }

  Yasr.registerPlugin("Map", PlaceMap, true);
  Yasr.registerPlugin("Chart", Bars, true);

  async function problem(error) {
    let told;
    try {
      told = JSON.parse(error.text);
    } catch {
      return undefined;
    }
    const shown = element("div", { class: "told", role: "alert" }, element("strong", {}, told.title || words.error), element("p", {}, told.detail || ""));
    if (told.line) shown.append(element("p", { lang: document.documentElement.lang }, words.at.replace("{line}", told.line).replace("{column}", told.column)));
    return shown;
  }

  /* The editor itself; what is told to its tabs goes through the defaults. */

  Yasr.defaults.pluginOrder = ["table", "Map", "Chart", "response"];
  Yasr.defaults.errorRenderers = [problem];

  const editor = new Yasgui(place, {
    persistenceId: "practicegraph " + new URL(address).pathname,
    autofocus: false,
    copyEndpointOnNewTab: false,
    requestConfig: {
      endpoint: address,
      method: "GET",
      acceptHeaderGraph: "text/turtle",
      acceptHeaderSelect: "application/sparql-results+json",
      acceptHeaderUpdate: "text/plain",
    },
    endpointCatalogueOptions: { getData: () => [{ endpoint: address }], keys: [] },
    populateFromUrl: (shared) => ({ ...shared, requestConfig: { ...shared.requestConfig, endpoint: address, headers: {} } }),
    yasqe: { value: written, prefixCcApi: null, editorHeight: "22rem" },
    yasr: { prefixes: known.prefixes },
  });
  for (const tab of Object.values(editor._tabs)) {
    if (tab.getEndpoint() !== address) tab.setEndpoint(address);
  }

  function settle(tab) {
    const yasqe = tab.getYasqe && tab.getYasqe();
    if (!yasqe) return;
    yasqe.refresh();
    yasqe.getInputField().setAttribute("aria-label", words.query);
  }

  function open(name, query) {
    const tab = editor.addTab(true, { ...Yasgui.Tab.getDefaults(editor), name, yasqe: { value: query } }, { avoidDuplicateTabs: true });
    if (tab.getQuery() !== query) tab.setQuery(query);
    settle(tab);
    return tab;
  }

  for (const link of document.querySelectorAll("a[data-example]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const answer = document.querySelector("section.answer");
      if (answer) answer.remove();
      open(link.dataset.example, new URL(link.href).searchParams.get("query")).query().catch(() => {});
      place.scrollIntoView();
    });
  }

  form.hidden = true;
  place.hidden = false;
  if (!place.dataset.first && written.trim()) open(words.asked, written);
  Object.values(editor._tabs).forEach(settle);
  editor.on("tabSelect", () => setTimeout(() => Object.values(editor._tabs).forEach(settle)));
})();
