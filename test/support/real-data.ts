import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from './app-process.js';

/** Real data kept beside the repository; see SOURCE.md there. It is not part of the project. */
const FOLDER = join(ROOT, '..', 'shared', 'data');

const FILES = ['orders', 'ml-jobs', 'api-requests'] as const;
export type RealFile = (typeof FILES)[number];

export function realFile(name: RealFile): string {
  return join(FOLDER, `${name}.ndjson.gz`);
}

/** Says so where it is not there. */
export function hasRealData(): boolean {
  const isHere = FILES.every((name) => existsSync(realFile(name)));
  if (!isHere) process.stderr.write(`Skipping what needs the real data: it is not in ${FOLDER}.\n`);
  return isHere;
}

/** The events of a file, in its order. */
export function readRealEvents<Event>(name: RealFile): Event[] {
  const text = gunzipSync(readFileSync(realFile(name))).toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);
}
