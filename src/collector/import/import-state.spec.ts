import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImportState, type Checkpoint, type RememberedShift } from './import-state.js';
import { Tally } from './sending/tally.js';

const subject = { fileSha256: 'ab'.repeat(32), target: 'http://127.0.0.1:3000' };
const shift = (days: number): RememberedShift => ({
  days,
  newest: '2011-09-30T17:00:00Z',
  decidedAt: '2026-11-22T00:00:00Z',
});
const checkpoint = (lines: number, shiftDays = 0): Checkpoint => ({
  shiftDays,
  position: { bytes: lines * 10, lines },
  tally: new Tally().snapshot(),
  savedAt: '2026-11-22T00:00:00Z',
});

let dataDir: string;
let state: ImportState;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'import-state-'));
  state = new ImportState(dataDir);
  await state.prepare();
});

afterEach(() => rm(dataDir, { recursive: true }));

it('remembers the first shift of a file and a target, until a new one is asked for', async () => {
  expect(await state.readShift(subject)).toBeUndefined();
  expect((await state.rememberShift(subject, shift(1), false)).days).toBe(1);
  expect((await state.rememberShift(subject, shift(2), false)).days).toBe(1);
  expect((await state.readShift(subject))?.days).toBe(1);
  expect((await state.rememberShift(subject, shift(3), true)).days).toBe(3);
  expect((await state.readShift(subject))?.days).toBe(3);
});

it('agrees on one shift when imports start side by side', async () => {
  const held = await Promise.all(
    Array.from({ length: 20 }, (_, days) => state.rememberShift(subject, shift(days), false)),
  );
  expect(new Set(held.map(({ days }) => days)).size).toBe(1);
});

it('keeps files and targets apart', async () => {
  await state.rememberShift(subject, shift(1), false);
  await state.writeCheckpoint(subject, checkpoint(5));
  for (const other of [
    { ...subject, fileSha256: 'cd'.repeat(32) },
    { ...subject, fileSha256: `${subject.fileSha256.slice(0, 16)}${'0'.repeat(48)}` },
    { ...subject, target: 'http://127.0.0.1:3001' },
  ]) {
    expect(await state.readShift(other)).toBeUndefined();
    expect(await state.readCheckpoint(other, 0)).toBeUndefined();
  }
});

it('gives a checkpoint back only for the shift it was made with', async () => {
  await state.writeCheckpoint(subject, checkpoint(5, 31));
  expect((await state.readCheckpoint(subject, 31))?.position).toEqual({ bytes: 50, lines: 5 });
  expect(await state.readCheckpoint(subject, 30)).toBeUndefined();
  await state.clearCheckpoint(subject);
  await state.clearCheckpoint(subject);
  expect(await state.readCheckpoint(subject, 31)).toBeUndefined();
});

it('never shows half a checkpoint to a reader, and leaves nothing behind', async () => {
  await state.writeCheckpoint(subject, checkpoint(0));
  const writes = Array.from({ length: 50 }, (_, lines) => state.writeCheckpoint(subject, checkpoint(lines)));
  const reads = Array.from({ length: 50 }, () => state.readCheckpoint(subject, 0));
  for (const read of await Promise.all(reads)) expect(read?.position.bytes).toBe((read?.position.lines ?? -1) * 10);
  await Promise.all(writes);
  expect(await readdir(join(dataDir, 'imports'))).toHaveLength(1);
});

it('says which file to delete when one was damaged', async () => {
  await state.rememberShift(subject, shift(1), false);
  const [name] = await readdir(join(dataDir, 'imports'));
  await writeFile(join(dataDir, 'imports', name as string), '{"days":');
  await expect(state.readShift(subject)).rejects.toThrow(/shift\.json.*Delete it/);
});

it('says so when DATA_DIR cannot be written', async () => {
  await writeFile(join(dataDir, 'file'), '');
  await expect(new ImportState(join(dataDir, 'file')).prepare()).rejects.toThrow(/Set DATA_DIR/);
});
