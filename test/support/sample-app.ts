import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import jsonwebtoken from 'jsonwebtoken';
import { AuthModule } from '../../src/platform/auth/index.js';
import { ClockModule } from '../../src/platform/clock/index.js';
import { ConfigModule, loadConfig } from '../../src/platform/config/index.js';
import { createHttpApp, HttpModule, listen } from '../../src/platform/http/index.js';
import { Logger, LoggingModule } from '../../src/platform/logging/index.js';
import { RedisModule } from '../../src/platform/redis/index.js';
import { SampleController, SAMPLES } from './sample-controller.js';

export const SAMPLE_SECRET = 'a secret of this test that is long enough';

export interface SampleApp {
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Everything that was logged, one JSON text per line. */
  readonly lines: string[];
  token(claims?: object): string;
  /** `path` is below the sample controller, unless it starts with a slash. Sent by an admin unless `claims` say otherwise. */
  send(path: string, request?: SampleRequest): Promise<SampleAnswer>;
  stop(): Promise<void>;
}

export interface SampleRequest {
  readonly method?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: no token. */
  readonly claims?: object | null;
}

export interface SampleAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers without declaring them
  readonly json: any;
}

@Module({})
class SampleModule {}

/** The HTTP conventions around the sample controller, in this process, on a port of their own. */
export async function startSampleApp(env: Record<string, string> = {}): Promise<SampleApp> {
  const folder = await mkdtemp(join(tmpdir(), 'analytics-test-'));
  const config = loadConfig({ PORT: '0', DATA_DIR: folder, JWT_SECRET: SAMPLE_SECRET, LOG_LEVEL: 'debug', ...env });
  const lines: string[] = [];
  const logger = Logger.create(config.telemetry.logLevel, (line) => lines.push(line));
  const platform = [ConfigModule.forRoot(config), LoggingModule.forRoot(logger), ClockModule];
  const redis = RedisModule.forRoot(config.redis, { identity: 'sample' });
  const imports = [...platform, redis, AuthModule, HttpModule];
  const app = await createHttpApp({ module: SampleModule, imports, controllers: [SampleController] }, config, logger);
  const url = await listen(app, config.http);
  const token = (claims: object = {}): string =>
    jsonwebtoken.sign({ sub: 'ann', roles: ['admin'], ...claims }, SAMPLE_SECRET, { expiresIn: 60 });
  return {
    url,
    app,
    lines,
    token,
    send: (path, request = {}) => send(url, path, request, token),
    stop: async () => {
      await app.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function send(
  url: string,
  path: string,
  request: SampleRequest,
  token: SampleApp['token'],
): Promise<SampleAnswer> {
  const { method, body, headers, claims } = request;
  const response = await fetch(`${url}${path.startsWith('/') ? path : `${SAMPLES}/${path}`}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(claims !== null && { authorization: `Bearer ${token(claims)}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body,
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}
