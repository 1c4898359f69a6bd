// npm run bench <name>: runs one bench and prints what it measured, with the machine it was measured on.
import { describeMachine } from './support/machine.js';

const BENCHES = {
  ingest: () => import('./ingest.bench.js'),
  notify: () => import('./notify.bench.js'),
  rollup: () => import('./rollup.bench.js'),
  read: () => import('./read.bench.js'),
  readers: () => import('./readers.bench.js'),
  alerts: () => import('./alerts.bench.js'),
  endpoints: () => import('./endpoints.bench.js'),
  sustained: () => import('./sustained.bench.js'),
  dashboard: () => import('./dashboard.bench.js'),
};

const [name] = process.argv.slice(2);
const load = BENCHES[name];
if (!load) {
  console.error(`Usage: npm run bench <name>; there is: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
const { run } = await load();
console.log(`bench ${name}\n${describeMachine()}\n`);
await run();
