import { CommandError } from './command-error.js';
import { ExitCode } from './exit-code.js';
import { runCommand } from './run-command.js';

let told: string;
let exitCodeBefore: typeof process.exitCode;
let write: typeof process.stderr.write;

beforeEach(() => {
  told = '';
  exitCodeBefore = process.exitCode;
  write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (chunk: string) => (told += chunk) !== '';
});

afterEach(() => {
  process.stderr.write = write;
  process.exitCode = exitCodeBefore;
});

/** What the process would exit with. */
async function exitOf(main: (signal: AbortSignal) => Promise<ExitCode>): Promise<unknown> {
  await runCommand(main);
  return process.exitCode;
}

it('exits with what the command answers', async () => {
  expect(await exitOf(() => Promise.resolve(ExitCode.rejected))).toBe(3);
  expect(told).toBe('');
});

it('tells an expected error in a line, with its own exit code', async () => {
  expect(await exitOf(() => Promise.reject(new CommandError('Give --url.', ExitCode.usage)))).toBe(2);
  expect(told).toBe('Give --url.\n');
});

it('shows where an unexpected error came from', async () => {
  expect(await exitOf(() => Promise.reject(new TypeError('undefined is not a function')))).toBe(1);
  expect(told).toMatch(/TypeError: undefined is not a function\n {4}at /);
});

it('lets the command end its work when it is interrupted', async () => {
  const interrupted = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      process.emit('SIGINT');
    });
  expect(await exitOf(interrupted)).toBe(130);
  expect(told).toBe('Interrupted.\n');
});
