import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { embeddedDatabaseUrl } from '../../src/platform/database/embedded/embedded-database.js';
import { AppProcess, killOrphanedDatabase, until } from './app-process.js';
import { createAppDatabase } from './database.js';

export const API = '/api/v1/analytics';
const SERVICE = 'src/main.js';
const START_TIMEOUT_MS = 45_000;
/** Characters of the log that a failure shows. */
const LOG_TAIL = 10_000;
const STOP_TIMEOUT_MS = 35_000;

export interface StartOptions {
  /** Set over the defaults; an empty text takes a default away: with `DATABASE_URL: ''` the service runs its embedded one. */
  readonly env?: NodeJS.ProcessEnv;
  /** A folder that outlives the app, e.g. to start it again. Absent: a new one, removed by `stop()`. */
  readonly dataDir?: string;
  readonly port?: number;
  /** Where its log goes instead of to the test; needs a `port`, which is otherwise read from the log. */
  readonly logFile?: string;
}

export interface AppRequest {
  readonly method?: string;
  /** Sends a token with this role; a list for several roles, an empty one for none. */
  readonly role?: string | readonly string[];
  readonly token?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AppAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON; undefined when the answer is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers without declaring them
  readonly body: any;
}

/**
 * Starts the built service (`npm run build`) as a process of its own, on a migrated database of its own on the server of
 * the test run, and waits until it is ready.
 */
export async function startApp(options: StartOptions = {}): Promise<StartedApp> {
  const { env, port = 0 } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'analytics-test-')));
  const database = env?.DATABASE_URL === undefined ? await createAppDatabase() : undefined;
  const environment: NodeJS.ProcessEnv = {
    DATA_DIR: dataDir,
    PORT: String(port),
    DATABASE_URL: database?.url,
    REDIS_URL: process.env.REDIS_URL,
    ...env,
  };
  const app = new StartedApp(environment, dataDir, options.logFile);
  app.onStop(async () => {
    await database?.drop();
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  });
  await app.ready().catch(async (error: unknown) => {
    await app.kill9();
    await app.stop();
    throw error;
  });
  return app;
}

export class StartedApp {
  url = '';
  port = 0;
  private readonly tokens = new Map<string, string>();
  private cleanUp: () => Promise<void> = async () => undefined;

  process: AppProcess;

  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    readonly dataDir: string,
    private readonly logFile?: string,
  ) {
    this.process = new AppProcess(SERVICE, environment, [], { stdoutFile: logFile });
  }

  get pid(): number {
    return this.process.pid;
  }

  /** Where its database is, on whichever server. */
  async databaseUrl(): Promise<string> {
    return this.environment.DATABASE_URL || ((await embeddedDatabaseUrl(this.dataDir)) ?? '');
  }

  logs(): string {
    return this.process.output;
  }

  async ready(): Promise<void> {
    const isReady = async (): Promise<boolean> => {
      if (!this.process.isRunning) throw new Error(`The app ended at its start.\n${this.logs()}`);
      if (this.logFile !== undefined) return this.answersWithoutLog();
      this.url ||= /"url":"(http[^"]+)"/.exec(this.logs())?.[1] ?? '';
      return this.url !== '' && (await this.request('/health/ready')).status === 200;
    };
    await until(isReady, START_TIMEOUT_MS, () => `The app did not get ready.\n${this.logs().slice(-LOG_TAIL)}`);
    this.port = Number(new URL(this.url).port);
  }

  private async answersWithoutLog(): Promise<boolean> {
    this.url = `http://127.0.0.1:${this.environment.PORT}`;
    const answer = await this.request('/health/live').catch(() => undefined);
    return answer?.status === 200;
  }

  /** A token with these roles, signed with the app's own secret. */
  async token(roles: readonly string[] = ['admin'], claims: object = {}): Promise<string> {
    const key = JSON.stringify([roles, claims]);
    const known = this.tokens.get(key);
    if (known !== undefined) return known;
    const secret = this.environment.JWT_SECRET ?? (await readFile(join(this.dataDir, 'jwt-secret'), 'utf8')).trim();
    const token = jsonwebtoken.sign({ sub: 'tester', roles, ...claims }, secret, { expiresIn: 3600 });
    this.tokens.set(key, token);
    return token;
  }

  /** Sends a request; `path` starts at the root (see `API`). */
  async request(path: string, { method, role, token, json, body, headers }: AppRequest = {}): Promise<AppAnswer> {
    const bearer = token ?? (role === undefined ? undefined : await this.token([role].flat()));
    const response = await fetch(`${this.url}${path}`, {
      method: method ?? (json === undefined && body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: json === undefined ? body : JSON.stringify(json),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parseJson(text) };
  }

  /** Starts it again after it ended: same port, same data, whether that is in its folder or on a server. */
  async startAgain(): Promise<void> {
    this.url = '';
    this.process = new AppProcess(SERVICE, { ...this.environment, PORT: String(this.port) });
    await this.ready();
  }

  onStop(cleanUp: () => Promise<void>): void {
    this.cleanUp = cleanUp;
  }

  /** Ends it as a supervisor would, and removes what was made for it. Answers the exit code. */
  async stop(): Promise<number | null> {
    if (this.process.isRunning) this.process.signal('SIGTERM');
    const code = await this.process.exitWithin(STOP_TIMEOUT_MS);
    await killOrphanedDatabase(this.dataDir);
    await this.cleanUp();
    return code;
  }

  /** Ends it without giving it a chance; its database and its folder stay. */
  async kill9(): Promise<void> {
    this.process.signal('SIGKILL');
    await this.process.ended;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
