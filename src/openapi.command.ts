import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { AppModule } from './app.module.js';
import { CommandError, ExitCode, runCommand } from './platform/cli/index.js';
import { loadConfig } from './platform/config/index.js';
import { describeApi } from './platform/http/index.js';
import { Logger } from './platform/logging/index.js';

const DOCUMENT = 'docs/openapi.json';

await runCommand(async () => {
  const command = new Command('openapi')
    .description(`Writes ${DOCUMENT}, the committed description of the API. Needs no database.`)
    .option('--check', 'write nothing; fail when it is not up to date')
    .allowExcessArguments(false)
    .exitOverride()
    .parse();
  const content = `${JSON.stringify(await describeApi(describedModule()), null, 2)}\n`;
  const current = await readFile(DOCUMENT, 'utf8').catch(absent);
  if (command.opts<{ check?: true }>().check) {
    if (current === content) return ExitCode.ok;
    throw new CommandError(`${DOCUMENT} is not what the code says. Run npm run openapi, and commit what it writes.`);
  }
  if (current !== content) await writeFile(DOCUMENT, content);
  process.stdout.write(current === content ? 'Up to date.\n' : `Wrote ${DOCUMENT}.\n`);
  return ExitCode.ok;
});

/** The modules under the default configuration, whatever the environment says; none of them is started. */
function describedModule() {
  const unused = { url: 'postgres://', identity: '', embedded: false, poolSize: 2, writerPoolSize: 1 };
  const database = {
    ...unused,
    stop: async () => undefined,
    status: () => ({ state: 'stopped' as const, restarts: 0 }),
  };
  return AppModule.forRoot({ config: loadConfig({}), logger: Logger.create('silent'), database });
}

function absent(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
