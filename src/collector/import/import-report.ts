import { formatCount } from '../../platform/cli/index.js';
import type { FileImportResult } from './file-import.js';
import { countEvents } from './sending/tally.js';

/** The lines that tell what became of a file. */
export function describeResult(name: string, result: FileImportResult): string[] {
  const { tally, sent, seconds, failure } = result;
  const rate = seconds > 0 ? sent / seconds : sent;
  const lines = [
    `${name}: ${formatCount(tally.accepted)} accepted, ${formatCount(tally.duplicates)} duplicates, ${formatCount(tally.rejected)} rejected` +
      ` in ${seconds.toFixed(1)} s (${formatCount(rate)} events/s)`,
  ];
  if (failure) lines.push(`  but not the whole file: ${failure.message}`);
  const before = countEvents(tally) - sent;
  if (before > 0) lines.push(`  ${formatCount(before)} of them in the run that was interrupted.`);
  if (tally.batchesSentAgain > 0 && tally.duplicates > 0) {
    lines.push(
      `  ${formatCount(tally.batchesSentAgain)} batches were sent again after their answer was lost: some duplicates may be this import's own events.`,
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

/** The sum over several files. */
export function describeTotal(results: FileImportResult[]): string {
  const sum = (pick: (result: FileImportResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const seconds = sum((result) => result.seconds);
  const [accepted, duplicates, rejected] = (['accepted', 'duplicates', 'rejected'] as const).map((figure) =>
    formatCount(sum((result) => result.tally[figure])),
  );
  const rate = formatCount(seconds > 0 ? sum((result) => result.sent) / seconds : 0);
  return `Total of ${results.length} files: ${accepted} accepted, ${duplicates} duplicates, ${rejected} rejected in ${seconds.toFixed(1)} s (${rate} events/s)`;
}
