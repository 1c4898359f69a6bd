import { LogOutput } from './log-output.js';

const errorOf = (code: string): Error => Object.assign(new Error(code), { code });

/** A file that takes `room` bytes before it is full; more can be made. */
function startFile(room: number) {
  const file = { text: '', room, isFull: undefined as boolean | undefined };
  const output = new LogOutput(
    (bytes, from) => {
      if (file.room === 0) throw errorOf('ENOSPC');
      const taken = Math.min(file.room, bytes.length - from);
      file.text += Buffer.from(bytes).toString('utf8', from, from + taken);
      file.room -= taken;
      return taken;
    },
    () => file.isFull,
  );
  return { file, output };
}

it('drops and counts what a full disk does not take, and goes on with whole lines once there is room', () => {
  const { file, output } = startFile(9);
  for (const line of ['one\n', 'two-two\n', 'three\n']) output.writeLine(line);
  expect(output.loss()).toMatchObject({ lines: 2, code: 'ENOSPC', isFailing: true });
  file.room = 100;
  for (const line of ['four\n', 'five\n']) output.writeLine(line);
  expect(file.text).toBe('one\ntwo-t\nfour\nfive\n');
  expect(output.loss()).toMatchObject({ lines: 2, isFailing: false });
});

it('is failing while its disk is full, before a line is lost', () => {
  const { file, output } = startFile(100);
  expect(output.loss()).toEqual({ lines: 0, isFailing: false });
  file.isFull = true;
  expect(output.loss()).toEqual({ lines: 0, isFailing: true });
  file.room = 0;
  output.writeLine('one\n');
  file.isFull = false;
  expect(output.loss()).toMatchObject({ lines: 1, isFailing: false });
});

it('waits a moment for a pipe whose reader is slow, and not for ever', () => {
  let refusals = 3;
  const written: string[] = [];
  const write = (bytes: Uint8Array): number => {
    if (refusals-- > 0) throw errorOf('EAGAIN');
    written.push(Buffer.from(bytes).toString());
    return bytes.length;
  };
  const output = new LogOutput(write, () => false);
  output.writeLine('one\n');
  expect([written, output.loss().lines]).toEqual([['one\n'], 0]);
  refusals = Number.POSITIVE_INFINITY;
  output.writeLine('two\n');
  expect(output.loss()).toMatchObject({ lines: 1, code: 'EAGAIN' });
});
