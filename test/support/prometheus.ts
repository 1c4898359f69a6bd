import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './app-process.js';
import { freePort } from './redis.js';

const START_TIMEOUT_MS = 20_000;

/** Whether tests can have a Prometheus server. */
export const hasPrometheus = explainAbsence(
  // A Go program asks the kernel for the time, past the C library and so past libfaketime; the samples of such a server
  // would be weeks away from the clock of the service that asks for them.
  process.env.FAKETIME !== undefined
    ? 'The clock of prometheus cannot be moved'
    : spawnSync('prometheus', ['--version']).status !== 0 && 'There is no prometheus on this machine',
);

function explainAbsence(reason: string | false): boolean {
  if (reason) process.stderr.write(`${reason}: tests on a Prometheus server are skipped.\n`);
  return !reason;
}

export interface PrometheusServer {
  readonly url: string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** Targets (host:port) that get the same labels; `__metrics_path__` among them says where their exposition is. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** A real Prometheus server that scrapes the targets every second, as the job `shop`. */
export async function startPrometheus(targets: readonly (string | TargetGroup)[]): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), 'analytics-test-prometheus-'));
  const groups = targets.map((target) => (typeof target === 'string' ? { targets: [target] } : target));
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'shop', static_configs: groups }],
  };
  // Every JSON text is YAML as well.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const flags = { 'config.file': join(folder, 'prometheus.yml'), 'storage.tsdb.path': join(folder, 'data') };
  const options = Object.entries({ ...flags, 'web.listen-address': address, 'log.level': 'error' });
  const server = spawn(
    'prometheus',
    options.map(([name, value]) => `--${name}=${value}`),
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => server.once('exit', resolve));
  process.once('exit', () => server.kill('SIGKILL'));
  const url = `http://${address}`;
  const isReady = async (): Promise<boolean> => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true;
  await until(isReady, START_TIMEOUT_MS, () => 'prometheus did not start.');
  return {
    url,
    signal: (name) => void server.kill(name),
    stop: async () => {
      server.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
