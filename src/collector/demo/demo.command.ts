import { Command } from 'commander';
import { ExitCode, integerBetween, runCommand } from '../../platform/cli/index.js';
import { loadConfig, readEnvironment, type AppConfig } from '../../platform/config/index.js';
import { DEFAULT_CONNECTIONS, openSender } from '../import/index.js';
import { writeDemoFile } from './demo-file.js';
import { runDemo, startOfDay } from './demo-run.js';
import { DemoState } from './demo-state.js';
import type { ShopPlan } from './shop/plan.js';

interface DemoFlags {
  days: number;
  eventsPerDay: number;
  seed: string;
  extend: boolean;
  url?: string;
  token?: string;
  output?: string;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** With 30 days some 600,000 events: 20 s on two cores shared with the service, a minute when they are busy. */
const DEFAULT_EVENTS_PER_DAY = 20_000;
const NOTES = `
The same options on the same day give the same events, so a repeat finds duplicates only (--extend goes on to now); on a
later day they give the days since as well. Other options give another shop beside the first one.
A file holds whole days, up to the end of yesterday (UTC).`;

function readFlags(argv: string[], config: AppConfig): DemoFlags {
  const command = new Command('npm run demo --')
    .description('Fills a running service with the last days of a made-up shop.')
    .option('--days <n>', 'days before today', integerBetween(1, config.ingest.backfillMaxDays - 1), DEFAULT_DAYS)
    .option(
      '--events-per-day <n>',
      'on an average day, about',
      integerBetween(100, 100_000_000),
      DEFAULT_EVENTS_PER_DAY,
    )
    .option('--seed <text>', 'another seed is another shop', 'demo')
    .option('--extend', 'go on to now, although an earlier run of today ended before', false)
    .option('--url <url>', 'the service (default: where HOST and PORT say it listens)')
    .option('--token <jwt>', 'a token with the role service or admin (default: made from JWT_SECRET or DATA_DIR)')
    .option('--output <file>', 'write the events to a new file (NDJSON; .gz: compressed) instead of sending them')
    .addHelpText('after', NOTES)
    .allowExcessArguments(false)
    .exitOverride()
    .parse(argv);
  return command.opts<DemoFlags>();
}

function planOf(flags: DemoFlags, { baseCurrency, houseCollections }: AppConfig['business']): ShopPlan {
  return {
    seed: flags.seed,
    eventsPerDay: flags.eventsPerDay,
    collections: houseCollections.length > 0 ? houseCollections : ['house'],
    currencies: [baseCurrency, baseCurrency === 'EUR' ? 'USD' : 'EUR'],
  };
}

async function main(signal: AbortSignal): Promise<ExitCode> {
  const config = loadConfig(readEnvironment());
  const flags = readFlags(process.argv, config);
  const plan = planOf(flags, config.business);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (flags.output !== undefined) {
    const todayMs = startOfDay(Date.now());
    const period = { fromMs: todayMs - flags.days * DAY_MS, untilMs: todayMs - 1 };
    print(await writeDemoFile(flags.output, { plan, period }, signal));
    return ExitCode.ok;
  }
  const { sender, target, showNotesOn, close } = await openSender(config, {
    ...flags,
    connections: DEFAULT_CONNECTIONS,
  });
  const state = new DemoState(config.database.dataDir);
  const send = sender.send.bind(sender);
  const surroundings = { target: target.key, send, showNotesOn, connections: DEFAULT_CONNECTIONS, state, print };
  try {
    return await runDemo(plan, flags, { ...surroundings, now: () => new Date() }, signal);
  } finally {
    close();
  }
}

await runCommand(main);
