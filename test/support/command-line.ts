import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface CommandEnd {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

const ROOT = join(__dirname, '..', '..');
const COMMANDS = {
  import: 'dist/src/collector/import/import.command.js',
  demo: 'dist/src/collector/demo/demo.command.js',
} as const;

/** A built command running as a process of its own, as npm would start it. */
export class CommandLine {
  readonly ended: Promise<CommandEnd>;
  stderr = '';
  private stdout = '';
  private readonly child: ChildProcess;

  constructor(command: keyof typeof COMMANDS, args: string[], environment: Record<string, string>) {
    this.child = spawn(process.execPath, [join(ROOT, COMMANDS[command]), ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
