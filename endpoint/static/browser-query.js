/* Queries on an exported site: Oxigraph runs them in a worker over the dump, and the result becomes a table. */

const MOST_ROWS = 1000;
let worker = null;
let waiting = null;

/* Answer a query with the nodes to show and a line about them. A query that still runs is stopped. */
export async function ask(query, form, words) {
  const dump = new URL(form.dataset.dump, location.href).href;
  const answer = await answered(query, dump);
  if (answer.error !== undefined) return { nodes: [problem(answer.error, words)], state: "" };
  const heading = element("h2", words.results);
  if (answer.truth !== undefined) {
    const truth = answer.truth ? words.true : words.false;
    return { nodes: [heading, element("p", truth, "truth")], state: truth };
  }
  if (answer.graph !== undefined) {
    const text = element("pre", answer.graph);
    text.tabIndex = 0;
    return { nodes: [heading, text], state: "" };
  }
  const count = (answer.rows.length === 1 ? words.row : words.rows).replace("{n}", answer.rows.length.toLocaleString(document.documentElement.lang));
  return { nodes: [heading, element("p", count, "count"), table(answer, form.dataset.base)], state: count };
}

function answered(query, dump) {
  if (waiting) {
    worker.terminate();
    worker = null;
    waiting({ error: "" });
  }
  worker ??= new Worker(new URL("browser-query-worker.js", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    const settle = (done, value) => { waiting = null; done(value); };
    waiting = (value) => settle(resolve, value);
    worker.onmessage = ({ data }) => settle(resolve, data);
    worker.onerror = (event) => {
      worker = null;
      settle(reject, new Error(event.message));
    };
    worker.postMessage({ query, dump });
  });
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function problem(message, words) {
  const section = element("section", "", "problem");
  section.setAttribute("role", "alert");
  const text = element("p", message);
  text.lang = "en";
  section.append(element("h2", words.refused), text);
  return section;
}

function table({ variables, rows }, base) {
  const made = element("table", "", "results");
  const head = made.createTHead().insertRow();
  for (const name of variables) {
    const cell = element("th", name);
    cell.scope = "col";
    head.append(cell);
  }
  const body = made.createTBody();
  for (const row of rows.slice(0, MOST_ROWS)) {
    const line = body.insertRow();
    for (const name of variables) fill(line.insertCell(), row[name], base);
  }
  const scroll = element("div", "", "scroll");
  scroll.tabIndex = 0;
  scroll.append(made);
  return scroll;
}

function fill(cell, term, base) {
  if (!term) return;
  const number = /#(integer|decimal|double|float|gYear)$/.test(term.datatype || "");
  if (number) {
    cell.className = "number";
    cell.dataset.number = Number(term.value);
  }
  if (term.type === "uri" && /^https?:/.test(term.value)) {
    const link = element("a", term.value);
    link.href = page(term.value, base);
    cell.className = "iri";
    cell.append(link);
  } else {
    const text = element("span", term.value);
    text.dir = "auto";
    if (term["xml:lang"]) text.lang = term["xml:lang"];
    cell.append(text);
  }
}

/* The file of the page about a thing of this site; the IRI itself for anything else. */
function page(iri, base) {
  if (!iri.startsWith(`${base}/`)) return iri;
  const [path, anchor] = iri.slice(base.length + 1).split("#");
  const document = path.replace(/^(practice|city)\//, "doc/$1/");
  return new URL(`../${document}.html${anchor ? `#${anchor}` : ""}`, import.meta.url).href;
}
