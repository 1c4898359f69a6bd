// npm run openapi [-- --check]: docs/openapi.json from the code, and the types of clients/typescript from the document.
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import openapiTypescript, { astToString } from 'openapi-typescript';

const root = path.resolve(import.meta.dirname, '..');
const DOCUMENT = 'docs/openapi.json';
const TYPES = 'clients/typescript/src/schema.ts';
const HEAD = `// Written by \`npm run openapi\` from ${DOCUMENT}. Do not edit.\n`;

const args = process.argv.slice(2);
const { status } = spawnSync(process.execPath, ['dist/src/openapi.command.js', ...args], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

const document = JSON.parse(await readFile(path.join(root, DOCUMENT), 'utf8'));
const types = HEAD + astToString(await openapiTypescript(document, { alphabetize: false }));
const current = await readFile(path.join(root, TYPES), 'utf8').catch(() => '');
if (current === types) process.exit(0);
if (args.includes('--check')) {
  console.error(`${TYPES} is not what ${DOCUMENT} says. Run npm run openapi, and commit what it writes.`);
  process.exit(1);
}
await writeFile(path.join(root, TYPES), types);
console.log(`Wrote ${TYPES}.`);
