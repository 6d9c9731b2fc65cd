// Replicates an event stream with the client of the LDES community, and prints the quads of each member.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.argv[2]}/`);
const address = `${process.argv[2]}/node_modules/ldes-client/dist/lib/client.js`;
const { replicateLDES, intoConfig } = await import(pathToFileURL(address).href);
const { Writer } = require('n3');

function written(quads) {
  return new Promise((resolve, reject) => {
    const writer = new Writer({ format: 'N-Triples' });
    writer.addQuads(quads);
    writer.end((error, text) => (error ? reject(error) : resolve(text)));
  });
}

const settings = JSON.parse(process.argv[4] ?? '{}');
const client = replicateLDES(intoConfig({ url: process.argv[3], polling: false, ...settings }));
const members = {};
const fetched = [];
client.on('fragment', (page) => fetched.push(page?.url ?? ''));
for await (const member of client.stream()) {
  members[member.id.value] = {
    lines: await written(member.quads),
    time: member.timestamp,
    of: member.isVersionOf,
  };
}
console.log(JSON.stringify({ members, fetched }));
