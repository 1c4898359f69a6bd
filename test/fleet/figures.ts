import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationsOf, type OpenApiDocument, type Operation } from '../contract/operations.js';
import type { StartedApp } from '../support/app.js';
import { ROOT } from '../support/app-process.js';

/** Of the process that answers, or of the moment: the database's own state has nothing else. */
const OF_THE_MOMENT = '/health/database';
const OF_THE_ANSWER = new Set(['generated_at', 'uptime_seconds', 'components', 'cached']);

/** Every route of the document that reads figures, for the same time and the same things. */
export function everyRead(
  frame: { readonly from: string; readonly to: string },
  ids: { readonly config: string; readonly alert: string },
): string[] {
  const document = JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')) as OpenApiDocument;
  return operationsOf(document)
    .filter(({ method, path }) => method === 'GET' && path.startsWith('/api/') && !path.endsWith(OF_THE_MOMENT))
    .map((operation) => `${withIds(operation, ids)}?${queryOf(operation, { ...frame, limit: '100' })}`);
}

/** What a process answers, without what is its own. */
export async function figuresOf(app: StartedApp, path: string): Promise<string> {
  const { status, body } = await app.request(path, { role: 'admin' });
  return `${status} ${JSON.stringify(body, (name, value: unknown) => (OF_THE_ANSWER.has(name) ? undefined : value))}`;
}

function withIds(operation: Operation, { config, alert }: { config: string; alert: string }): string {
  if (!operation.path.includes('{id}')) return operation.url();
  return operation.path.replace('{id}', operation.path.includes('/configs/') ? config : alert);
}

function queryOf({ queryParameters }: Operation, values: Readonly<Record<string, string>>): string {
  const known = queryParameters.filter(({ name }) => name in values);
  return new URLSearchParams(Object.fromEntries(known.map(({ name }) => [name, values[name]!]))).toString();
}
