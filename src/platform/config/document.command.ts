import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { CommandError, ExitCode, runCommand } from '../cli/index.js';
import { envExample, withTable } from './config-docs.js';

const ENV_EXAMPLE = '.env.example';
const README = 'README.md';

await runCommand(async () => {
  const command = new Command('config:docs')
    .description('Writes .env.example and the configuration table of README.md.')
    .option('--check', 'write nothing; fail when one of them is not up to date')
    .allowExcessArguments(false)
    .exitOverride()
    .parse();
  const stale = [...(await updateOf(ENV_EXAMPLE, envExample)), ...(await updateOf(README, withTable))];
  if (command.opts<{ check?: true }>().check) {
    if (stale.length === 0) return ExitCode.ok;
    throw new CommandError(`Not up to date: ${stale.map(({ path }) => path).join(', ')}. Run npm run config:docs.`);
  }
  for (const { path, content } of stale) await writeFile(path, content);
  process.stdout.write(stale.length === 0 ? 'Up to date.\n' : `Wrote ${stale.map(({ path }) => path).join(', ')}.\n`);
  return ExitCode.ok;
});

/** The file as it should be, where it is not so yet. */
async function updateOf(
  path: string,
  render: (current: string) => string | undefined,
): Promise<{ path: string; content: string }[]> {
  const current = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const content = render(current);
  if (content === undefined)
    process.stderr.write(`${path} has no place for the table (<!-- config:start -->); skipped.\n`);
  return content === undefined || content === current ? [] : [{ path, content }];
}
