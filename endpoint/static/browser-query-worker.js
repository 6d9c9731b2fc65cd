/* The worker of browser-query.js: it loads Oxigraph and the dump with the first query, and keeps them. */
import init, { Store } from "./oxigraph/web.js";

let loading = null;

async function load(address) {
  const [reply] = await Promise.all([fetch(address), init()]);
  if (!reply.ok) throw new Error(`${address}: ${reply.status}`);
  let bytes = new Uint8Array(await reply.arrayBuffer());
  // Some hosts send a compressed file as one that browsers unpack themselves.
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
  }
  const store = new Store();
  store.load(bytes, { format: "application/n-quads", unchecked: true, no_transaction: true });
  return store;
}

/* The form of a query decides in which format its result comes; what was not understood is tried as each. */
function answer(store, query) {
  const options = { use_default_graph_as_union: true };
  const found = store.query(query, { ...options });
  if (typeof found === "boolean") return { truth: found };
  if (!Array.isArray(found)) return { graph: String(found) };
  if (!found.length || found[0] instanceof Map) {
    const text = tryTable(store, query, options);
    if (text) {
      const { head, results } = JSON.parse(text);
      return { variables: head.vars, rows: results.bindings };
    }
  }
  return { graph: store.query(query, { ...options, results_format: "text/turtle" }) };
}

function tryTable(store, query, options) {
  try {
    return store.query(query, { ...options, results_format: "application/sparql-results+json" });
  } catch {
    return "";
  }
}

self.onmessage = async ({ data: { query, dump } }) => {
  try {
    loading ??= load(dump);
    self.postMessage(answer(await loading, query));
  } catch (error) {
    self.postMessage({ error: String(error.message ?? error) });
  }
};
