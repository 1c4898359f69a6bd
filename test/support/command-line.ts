import { AppProcess } from './app-process.js';

export interface CommandEnd {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

const SCRIPTS = {
  import: 'src/collector/import/import.command.js',
  demo: 'src/collector/demo/demo.command.js',
  rebuild: 'src/rollups/rebuild/rebuild.command.js',
} as const;

/** Starts a built command, as `npm run` would. */
export function startCommand(
  command: keyof typeof SCRIPTS,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): AppProcess {
  return new AppProcess(SCRIPTS[command], environment, args);
}

export async function endOf(command: AppProcess): Promise<CommandEnd> {
  const code = await command.ended;
  return { code, stdout: command.stdout, stderr: command.stderr };
}
