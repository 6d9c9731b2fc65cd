// Makes one compressed file of the editor and the packages it uses. Run by Node beside node_modules.
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { buildSync } from "esbuild";

const [target] = process.argv.slice(2);
buildSync({
  entryPoints: ["editor.mjs"],
  outfile: target,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2021"],
  legalComments: "none",
});
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
writeFileSync(`${target}.br`, brotliCompressSync(readFileSync(target), options));
