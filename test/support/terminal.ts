import { spawn, type ChildProcess } from 'node:child_process';
import { startReaper, until } from './app-process.js';
import { inheritedClock } from './moved-clock.js';

/** A shell that somebody types into; it has its own process group, as one in a window has. */
export class Terminal {
  private readonly shell: ChildProcess;
  private output = '';
  private typed = 0;
  private hasEnded = false;

  constructor(folder: string, environment: NodeJS.ProcessEnv) {
    const { PATH, HOME, LANG } = process.env;
    this.shell = spawn('sh', {
      cwd: folder,
      env: { PATH, HOME, LANG, npm_config_update_notifier: 'false', ...inheritedClock(), ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.shell.stdout, this.shell.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    const reaper = startReaper(-(this.shell.pid ?? 0));
    this.shell.on('close', () => {
      this.hasEnded = true;
      reaper.stdin?.end('ended\n');
    });
  }

  /** All that was written so far. */
  get written(): string {
    return this.output;
  }

  /** Types commands and does not wait for their end. */
  start(commands: string): void {
    this.shell.stdin?.write(`${commands}\n`);
  }

  /** Types commands, and answers what they wrote once they are done. */
  async run(commands: string, deadlineMs: number): Promise<string> {
    const marker = `done-${++this.typed}-${process.pid}`;
    const from = this.output.length;
    this.start(`${commands}\necho "${marker} $?"`);
    const end = new RegExp(`${marker} (\\d+)\\n`);
    await until(
      () => this.hasEnded || end.test(this.output),
      deadlineMs,
      () => `It does not end: ${commands}\n${this.output.slice(from)}`,
    );
    const [line = '', code] = end.exec(this.output) ?? [];
    const written = this.output.slice(from).replace(line, '');
    if (code !== '0') throw new Error(`It failed (${code ?? 'the shell ended'}): ${commands}\n${written}`);
    return written;
  }

  /** Ctrl-C, and the end of the shell. */
  async interrupt(deadlineMs: number): Promise<void> {
    if (!this.hasEnded) process.kill(-(this.shell.pid ?? 0), 'SIGINT');
    this.shell.stdin?.end();
    await until(
      () => this.hasEnded,
      deadlineMs,
      () => `It does not end on Ctrl-C.\n${this.output}`,
    );
  }
}
