import type { AppConfig } from '../config/index.js';
import type { Logger } from './logger.js';

/** Tells whoever started the service where it is and how to get in: as text on a terminal, as one log line elsewhere. */
export function announce(logger: Logger, url: string, { role, auth }: AppConfig): void {
  const docs = role === 'worker' ? undefined : `${url}/docs`;
  const token = auth.jwksUrl ? 'a token of your identity provider' : 'npm run token -- --role admin';
  logger.info(`Listening on ${url}.`, { url, docs, token, role, pid: process.pid });
  if (!process.stdout.isTTY) return;
  const lines = [`  Admin analytics   ${url}`, docs && `  Swagger UI        ${docs}`, `  A token           ${token}`];
  process.stdout.write(`\n${lines.filter(Boolean).join('\n')}\n\n`);
}
