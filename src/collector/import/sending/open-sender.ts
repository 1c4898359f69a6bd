import { CommandError, ExitCode, type Progress } from '../../../platform/cli/index.js';
import { issueToken } from '../../../platform/auth/index.js';
import type { AppConfig } from '../../../platform/config/index.js';
import { BatchSender } from './batch-sender.js';
import { EventsClient } from './events-client.js';
import { parseTarget, type Target } from './target.js';

/**
 * Tried on two cores shared with the service, 500,000 events each: 1 connection took 11,000 to 14,000 events/s, 2 took
 * 18,000 to 22,000, 4 took 24,000 to 38,000, 8 took 20,000 to 28,000; batches of 500 took a fifth less.
 */
export const DEFAULT_CONNECTIONS = 4;
export const DEFAULT_BATCH_SIZE = 1_000;

/** What a command line says about where events go; the rest comes from the configuration. */
export interface SenderRequest {
  url?: string;
  token?: string;
  connections: number;
}

export interface OpenSender {
  sender: BatchSender;
  target: Target;
  /** Puts what the sender has to tell above this progress from now on. */
  showNotesOn: (progress: Progress) => void;
  close: () => void;
}

/** @throws CommandError when the address is wrong or no token can be made */
export async function openSender(config: AppConfig, request: SenderRequest): Promise<OpenSender> {
  const target = parseTarget(request.url ?? defaultUrl(config));
  const token = request.token ?? (await makeToken(config, target, request.url === undefined));
  const client = new EventsClient({ target, token, connections: request.connections });
  let tell = (line: string): void => void process.stderr.write(`${line}\n`);
  return {
    sender: new BatchSender(client, (line) => tell(line)),
    target,
    showNotesOn: (progress) => {
      tell = (line) => progress.note(line);
    },
    close: () => client.close(),
  };
}

/** Longer than any import lasts. */
const TOKEN_LIFETIME_SECONDS = 24 * 3600;

/** A token of this installation's own secret: good where the service runs with the same configuration or data folder. */
function makeToken(config: AppConfig, target: Target, ownService: boolean): Promise<string> {
  if (!ownService && !target.local && config.auth.secret === undefined && config.auth.jwksUrl === undefined) {
    const remedy =
      'give one by --token (npm run token -- --role service prints one there), or set JWT_SECRET to its secret';
    throw new CommandError(`No token for ${target.key}: ${remedy}.`, ExitCode.usage);
  }
  return issueToken(config, { sub: 'import', roles: ['service'], teams: [] }, TOKEN_LIFETIME_SECONDS);
}

const EVERY_INTERFACE = new Set(['0.0.0.0', '::']);

function defaultUrl({ http }: AppConfig): string {
  if (http.port === 0) {
    throw new CommandError(
      'PORT is 0 (any free one), so the service cannot be found by it: give --url.',
      ExitCode.usage,
    );
  }
  const host = EVERY_INTERFACE.has(http.host) ? '127.0.0.1' : http.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${http.port}`;
}
