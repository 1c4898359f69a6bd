import { Command, InvalidArgumentError } from 'commander';
import { CommandError, ExitCode, formatCount, runCommand, startProgress } from '../../platform/cli/index.js';
import { loadConfig, readEnvironment } from '../../platform/config/index.js';
import type { Period } from '../store/rebuild.repository.js';
import { daysOf } from './days.js';
import { openRebuild, type OpenRebuild } from './open-rebuild.js';

interface RebuildFlags {
  readonly from: Date;
  readonly to: Date;
  readonly dryRun: boolean;
}

const NOTES = `
Rollups of the range are computed again from the raw events; what was sealed of days whose events are gone stays. The
service may run meanwhile: its own rollups wait while a day is worked on. Repeating it is harmless.

Examples:
  npm run rollups:rebuild -- --from 2026-11-20 --to 2026-11-22 --dry-run
  npm run rollups:rebuild -- --from 2026-11-20T06:00:00Z --to 2026-11-20T12:00:00Z`;

function instant(text: string): Date {
  const known = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const date = new Date(text);
  if (!known || Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError('Write a UTC day (2026-11-20) or an instant with offset (2026-11-20T06:00:00Z).');
  }
  return date;
}

function readFlags(): RebuildFlags {
  const flags = new Command('npm run rollups:rebuild --')
    .description('Computes rollups of a range again from the raw events.')
    .requiredOption('--from <instant>', 'start of the range (included)', instant)
    .requiredOption('--to <instant>', 'end of the range (not included)', instant)
    .option('--dry-run', 'say what would change, and change nothing', false)
    .addHelpText('after', NOTES)
    .allowExcessArguments(false)
    .exitOverride()
    .parse()
    .opts<RebuildFlags>();
  if (flags.from >= flags.to) throw new CommandError('--from must be before --to.', ExitCode.usage);
  return flags;
}

function refuseWithoutRaw(from: Date, firstRawDay: string | undefined): void {
  if (firstRawDay === undefined) throw new CommandError('There are no raw events to compute rollups from.');
  if (from.toISOString().slice(0, 10) >= firstRawDay) return;
  throw new CommandError(
    `Raw events reach back to ${firstRawDay}: rollups before that are sealed. Take --from ${firstRawDay} or later.`,
    ExitCode.usage,
  );
}

async function work(rebuild: OpenRebuild, flags: RebuildFlags, signal: AbortSignal): Promise<ExitCode> {
  const days: Period[] = daysOf(flags);
  const progress = startProgress({ label: 'rebuild', total: days.length, unit: 'buckets' });
  let [buckets, changed] = [0, 0];
  try {
    for (const [index, day] of days.entries()) {
      signal.throwIfAborted();
      const outcome = await (flags.dryRun ? rebuild.service.tryOut(day) : rebuild.service.rebuild(day));
      buckets += outcome.buckets;
      changed += outcome.changed;
      progress.update({ done: index + 1, count: buckets });
    }
  } finally {
    progress.stop();
  }
  const verb = flags.dryRun ? 'would change' : 'changed';
  process.stdout.write(`${formatCount(buckets)} buckets computed again, ${formatCount(changed)} ${verb}\n`);
  return ExitCode.ok;
}

await runCommand(async (signal) => {
  const flags = readFlags();
  const rebuild = await openRebuild(loadConfig(readEnvironment()));
  try {
    refuseWithoutRaw(flags.from, rebuild.firstRawDay);
    return await work(rebuild, flags, signal);
  } finally {
    await rebuild.close();
  }
});
