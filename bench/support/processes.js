import { readdirSync, readFileSync } from 'node:fs';

/** /proc counts in ticks of 10 ms on every Linux that Node runs on. */
const MS_PER_TICK = 10;

/** Milliseconds of processor that a process has used; 0 where that cannot be told. */
export function cpuMs(pid) {
  const fields = statFields(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK : 0;
}

/** Processor of each live child of a process: of the connections and workers of a PostgreSQL server. */
export function cpuMsByChild(pid) {
  return new Map(childrenOf(pid).map((child) => [child, cpuMs(child)]));
}

/** What the children have used since; of those that ended meanwhile the last stretch is lost. */
export function cpuMsSince(before, pid) {
  let used = 0;
  for (const [child, ms] of cpuMsByChild(pid)) used += ms - (before.get(child) ?? 0);
  return used;
}

export function residentMiB(pid) {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return Number(kilobytes ?? 0) / 1024;
}

function childrenOf(pid) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((child) => statFields(child)?.[1] === String(pid));
}

/** The fields after the name, which may hold blanks. */
function statFields(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
