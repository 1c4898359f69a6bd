import { formatCount } from '../../platform/cli/index.js';
import { countEvents, type TallyState } from './sending/tally.js';

export interface ReportedTally {
  tally: TallyState;
  /** Events that got their verdict in this run. */
  sent: number;
  seconds: number;
}

/** The lines that tell what became of a source's events. */
export function describeTally(name: string, { tally, sent, seconds }: ReportedTally): string[] {
  const lines = [`${name}: ${figures({ tally, sent, seconds })}`];
  const before = countEvents(tally) - sent;
  if (before > 0) lines.push(`  ${formatCount(before)} of them in the run that was interrupted.`);
  if (tally.batchesSentAgain > 0 && tally.duplicates > 0) {
    lines.push(
      `  ${formatCount(tally.batchesSentAgain)} batches were sent again after their answer was lost: some duplicates may be this run's own events.`,
    );
  }
  for (const { line, eventId, reason } of tally.firstRejections) {
    lines.push(`  line ${line}${eventId ? ` (event ${eventId})` : ''}: ${reason}`);
  }
  const more = tally.rejected - tally.firstRejections.length;
  if (more > 0)
    lines.push(`  … and ${formatCount(more)} more; GET /api/v1/analytics/events/rejected lists those the service saw.`);
  return lines;
}

/** The sum over several sources. */
export function describeTotal(parts: ReportedTally[]): string {
  const sum = (pick: (part: ReportedTally) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  const tally = {
    accepted: sum((part) => part.tally.accepted),
    duplicates: sum((part) => part.tally.duplicates),
    rejected: sum((part) => part.tally.rejected),
  };
  return `Total of ${parts.length} files: ${figures({ tally, sent: sum(({ sent }) => sent), seconds: sum(({ seconds }) => seconds) })}`;
}

function figures(part: {
  tally: Pick<TallyState, 'accepted' | 'duplicates' | 'rejected'>;
  sent: number;
  seconds: number;
}): string {
  const { accepted, duplicates, rejected } = part.tally;
  const counts = `${formatCount(accepted)} accepted, ${formatCount(duplicates)} duplicates, ${formatCount(rejected)} rejected`;
  return `${counts} in ${part.seconds.toFixed(1)} s (${formatCount(part.seconds > 0 ? part.sent / part.seconds : 0)} events/s)`;
}
