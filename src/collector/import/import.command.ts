import { Command } from 'commander';
import { loadConfig, readEnvironment } from '../../platform/config/index.js';
import { integerBetween, runCommand, type ExitCode } from '../../platform/cli/index.js';
import { ImportRun, type ImportRequest } from './import-run.js';
import { ImportState } from './import-state.js';
import { DEFAULT_BATCH_SIZE, DEFAULT_CONNECTIONS, openSender, type SenderRequest } from './sending/open-sender.js';

type ImportFlags = Omit<ImportRequest, 'paths'> & Omit<SenderRequest, 'connections'>;

const EXAMPLES = `
Examples:
  npm run import -- orders.ndjson.gz
  npm run import -- --shift-to-now orders.ndjson.gz ml-jobs.ndjson.gz
  npm run import -- --url https://analytics.example --token "$TOKEN" events.ndjson

Exit status: 0 all taken (or duplicates), 1 stopped, 2 wrong command line, 3 something was rejected, 130 interrupted.
A stopped import goes on where it was when the same command is given again; a complete one sends everything again and
finds duplicates only.`;

function readCommandLine(argv: string[]): { paths: string[]; flags: ImportFlags } {
  const command = new Command('npm run import --')
    .description('Sends files of events (NDJSON, one event a line, plain or gzip) to a running service.')
    .argument('<file...>', 'files to import, one after the other')
    .option(
      '--shift-to-now',
      'move times by whole days, so that the newest event of each file was yesterday (UTC)',
      false,
    )
    .option('--shift-again', 'decide the shift anew instead of using the remembered one (with --shift-to-now)', false)
    .option('--url <url>', 'the service (default: where HOST and PORT say it listens)')
    .option('--token <jwt>', 'a token with the role service or admin (default: made from JWT_SECRET or DATA_DIR)')
    .option('--batch-size <n>', 'events in a request, 1 to 1000', integerBetween(1, 1000), DEFAULT_BATCH_SIZE)
    .option('--concurrency <n>', 'requests in flight, 1 to 64', integerBetween(1, 64), DEFAULT_CONNECTIONS)
    .option('--allow-rejected', 'exit with 0 even if events were rejected', false)
    .option('--restart', 'send everything, even after an interrupted import', false)
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .parse(argv);
  return { paths: command.args, flags: command.opts<ImportFlags>() };
}

async function main(signal: AbortSignal): Promise<ExitCode> {
  const { paths, flags } = readCommandLine(process.argv);
  const config = loadConfig(readEnvironment());
  const { sender, target, showNotesOn, close } = await openSender(config, { ...flags, connections: flags.concurrency });
  const run = new ImportRun(
    { ...flags, paths },
    {
      target: target.key,
      send: (batch, stop) => sender.send(batch, stop),
      showNotesOn,
      state: new ImportState(config.database.dataDir),
      now: () => new Date(),
      print: (line) => process.stdout.write(`${line}\n`),
    },
  );
  try {
    return await run.run(signal);
  } finally {
    close();
  }
}

await runCommand(main);
