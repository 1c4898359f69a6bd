/**
 * Adds to package-lock.json the optional packages (binaries of other platforms) that the registry it was made with did
 * not have. `npm ci` refuses a lock file without them, on every platform; with them it skips what it does not need.
 * Run it after `npm install` when scripts/lockfile.spec.ts says so.
 *
 *   node scripts/complete-lockfile.js
 */
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['darwin', 'win32', 'linux', 'freebsd', 'android', 'openharmony'];
const PROCESSORS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64'];
const LIBRARIES = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;

for (const [place, dependant] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(dependant.optionalDependencies ?? {})) {
    if (packages[`${place}/node_modules/${name}`] || packages[`node_modules/${name}`]) continue;
    packages[`node_modules/${name}`] = describe(name, range, dependant);
    console.log(`Added ${name}@${range}.`);
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);

/** Such packages say in their names what they are for: `@swc/core-linux-arm-gnueabihf`. */
function describe(name, range, dependant) {
  const words = name.split('/').at(-1).split('-');
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (!os || !cpu) throw new Error(`Cannot tell which platform ${name} is for: add it to package-lock.json by hand.`);
  const library = words.map((word) => LIBRARIES[word]).find(Boolean);
  return {
    version: range.replace(/^[\^~]/, ''),
    cpu: [cpu],
    ...(dependant.dev && { dev: true }),
    ...(os === 'linux' && library && { libc: [library] }),
    license: dependant.license,
    optional: true,
    os: [os],
  };
}
