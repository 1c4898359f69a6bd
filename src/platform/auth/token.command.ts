import { Command, InvalidArgumentError, Option } from 'commander';
import { ExitCode, runCommand } from '../cli/index.js';
import { loadConfig, readEnvironment } from '../config/index.js';
import { issueToken } from './issue-token.js';
import { parseLifetime } from './lifetime.js';
import { ROLES, type Role } from './principal.js';

interface TokenOptions {
  role: Role[];
  sub: string;
  team: string[];
  expires: number;
}

const DEFAULT_SECONDS = 12 * 3600;

const collect = <T>(value: T, previous: readonly T[]): T[] => [...previous, value];

function collectRole(value: string, previous: readonly Role[]): Role[] {
  const role = ROLES.find((known) => known === value);
  if (role === undefined) throw new InvalidArgumentError(`It must be one of ${ROLES.join(', ')}.`);
  return collect(role, previous);
}

function readLifetime(value: string): number {
  const seconds = parseLifetime(value);
  if (seconds === undefined) throw new InvalidArgumentError('Write 90s, 15m, 12h or 30d; at most 366d.');
  return seconds;
}

await runCommand(async () => {
  const command = new Command('token')
    .description('Prints a token for this service, signed with JWT_SECRET or with the secret in DATA_DIR.')
    .addOption(
      new Option('--role <role>', `${ROLES.join(', ')}; may be repeated`).argParser(collectRole).default([], 'none'),
    )
    .option('--sub <subject>', 'whose token it is', 'local-user')
    .option('--team <team>', 'a team it lists; may be repeated', collect<string>, [])
    .addOption(
      new Option('--expires <duration>', 'how long it holds').argParser(readLifetime).default(DEFAULT_SECONDS, '12h'),
    )
    .allowExcessArguments(false)
    .exitOverride();
  const { role, sub, team, expires } = command.parse().opts<TokenOptions>();
  const token = await issueToken(loadConfig(readEnvironment()), { sub, roles: role, teams: team }, expires);
  process.stdout.write(`${token}\n`);
  return ExitCode.ok;
});
