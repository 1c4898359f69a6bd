import { CommandError, ExitCode } from '../../../platform/cli/index.js';

/** The service that events go to. */
export interface Target {
  eventsUrl: URL;
  /** The same for every way of writing the same address; what is remembered about a target is kept under it. */
  key: string;
  /** On this machine: bytes cost nothing, processor time is shared with the service. */
  local: boolean;
}

const API_PATH = '/api/v1/analytics';
const LOOPBACK_NAMES = new Set(['localhost', '[::1]', '127.0.0.1']);

/** Takes the service's base URL (also with the API's path behind it) as somebody would type it. */
export function parseTarget(text: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CommandError(`--url ${text} is not an http or https URL, e.g. http://127.0.0.1:3000.`, ExitCode.usage);
  }
  if (url.username || url.password) {
    throw new CommandError('--url must not carry a user or password; give a token by --token.', ExitCode.usage);
  }
  const prefix = url.pathname.replace(/\/+$/, '').replace(/\/api\/v1\/analytics(\/events)?$/, '');
  const local = LOOPBACK_NAMES.has(url.hostname);
  const host = local ? '127.0.0.1' : url.hostname;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return {
    eventsUrl: new URL(`${prefix}${API_PATH}/events`, url.origin),
    key: `${url.protocol}//${host}:${port}${prefix}`,
    local,
  };
}
