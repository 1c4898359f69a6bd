import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';

/** What a figure means nothing without. */
export function describeMachine() {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  return [
    `date     ${new Date().toISOString()}`,
    `machine  ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${memory}, ${platform()} ${release()} ${arch()}`,
    `node     ${process.version}, service ${serviceVersion()}`,
  ].join('\n');
}

function serviceVersion() {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

export function median(values) {
  return percentile(values, 0.5);
}

/** Nearest rank. */
export function percentile(values, q) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}
