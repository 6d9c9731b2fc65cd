// Reads linked data at addresses as a client does: each document, its context and a frame, over HTTP and from
// this machine only. Prints for each address its N-Quads and its framed form.
import { createRequire } from 'node:module';

const jsonld = createRequire(`${process.argv[2]}/`)('jsonld');
const [frame, ...addresses] = process.argv.slice(3);
const fetched = [];
const load = jsonld.documentLoaders.node();

async function documentLoader(address, options) {
  const { hostname } = new URL(address);
  if (hostname !== '127.0.0.1') throw new Error(`${address} is not on this machine`);
  fetched.push(address);
  return load(address, options);
}

const told = {};
for (const address of addresses) {
  told[address] = {
    nquads: await jsonld.toRDF(address, { documentLoader, format: 'application/n-quads' }),
    framed: await jsonld.frame(address, frame, { documentLoader, compactToRelative: false }),
  };
}
console.log(JSON.stringify({ told, fetched }));
