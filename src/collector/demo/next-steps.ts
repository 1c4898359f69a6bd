const HOUR_MS = 3_600_000;

/** What a newcomer can ask now, with the calls to do it. */
export function describeNextSteps(baseUrl: string, period: { days: number; incidentsMs: number[] }): string[] {
  const call = (path: string): string =>
    `  curl -s -H "Authorization: Bearer $TOKEN" '${baseUrl}/api/v1/analytics${path}'`;
  const range = period.days >= 29 ? '30d' : '7d';
  const lines = [
    '',
    'Look around:',
    '  TOKEN=$(npm run -s token -- --role admin)',
    call(`/business/overview?range=${range}`),
    call(`/business/sales?range=${range}&breakdown=collection`),
    call('/events?event_type=error&limit=5'),
  ];
  const incidentMs = period.incidentsMs.at(-1);
  if (incidentMs !== undefined) {
    const from = new Date(incidentMs - HOUR_MS).toISOString();
    const to = new Date(incidentMs + 2 * HOUR_MS).toISOString();
    lines.push(`The last bad hour (errors and latency up, sales down) began at ${new Date(incidentMs).toISOString()}:`);
    lines.push(call(`/business/sales?from=${from}&to=${to}&step=1h`));
    lines.push(call(`/events?event_type=error&from=${from}&to=${to}`));
  }
  lines.push(`Every call, to try in the browser: ${baseUrl}/docs`);
  return lines;
}
