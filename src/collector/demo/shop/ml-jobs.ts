import { roundTo } from './api-traffic.js';
import { Choice, type Random } from './random.js';
import type { Scene } from './scene.js';

interface Worker {
  pipeline: string;
  provider: string;
  model: string;
  stage?: string;
  weight: number;
  medianMs: number;
  failureRate: number;
  /** Tokens or images, in and out. */
  units: [input: number, output: number];
  /** USD per second and per output unit; undefined where the provider does not say what a job cost. */
  usd: { perSecond: number; perOutputUnit: number } | undefined;
}

const CANCELLED = 0.01;
/** Some jobs come without their cost even where the provider tells it: the bill is late. */
const COST_MISSING = 0.07;
const RETRIED = 0.04;
const SPREAD = 0.45;
const ERROR_CODES = ['timeout', 'rate_limited', 'out_of_memory', 'invalid_output', 'content_filtered'];

const WORKERS: Worker[] = [
  worker('descriptions', 'gemini', 'gemini-2.5-flash', {
    weight: 30,
    medianMs: 1_900,
    units: [640, 210],
    usd: [0, 2.5e-6],
  }),
  worker('descriptions', 'huggingface', 'Qwen/Qwen2.5-VL-7B-Instruct', {
    weight: 16,
    medianMs: 3_300,
    units: [720, 190],
  }),
  worker('3d', 'tripo', 'v2.5-20250123', {
    weight: 9,
    medianMs: 46_000,
    failureRate: 0.05,
    units: [1, 1],
    usd: [0, 0.2],
  }),
  worker('3d', 'replicate', 'tencent/hunyuan3d-2', {
    weight: 8,
    medianMs: 72_000,
    failureRate: 0.09,
    units: [1, 1],
    usd: [0.000975, 0],
  }),
];

/** An asset goes through these one after the other, as long as it succeeds. */
const ASSET_STAGES: Worker[] = [
  worker('assets', 'huggingface', 'openai/clip-vit-large-patch14', {
    stage: 'ingestion',
    medianMs: 2_400,
    failureRate: 0.03,
    units: [1, 1],
  }),
  worker('assets', 'replicate', 'stability-ai/sdxl', {
    stage: 'versioning',
    medianMs: 8_500,
    failureRate: 0.04,
    units: [1, 2],
    usd: [0.000725, 0],
  }),
  worker('assets', 'gemini', 'gemini-2.5-pro', {
    stage: 'approval',
    medianMs: 5_200,
    failureRate: 0.12,
    units: [1_300, 90],
    usd: [0, 1e-5],
  }),
];

const ASSET_WEIGHT = 14;
const SOURCES = new Choice<Worker | 'asset'>([...WORKERS, 'asset'], (source) =>
  source === 'asset' ? ASSET_WEIGHT : source.weight,
);

/** Events that one call of `drawMlWork` records on average. */
export const EVENTS_PER_ML_WORK = 1.33;

/** A job of one of the pipelines, or an asset on its way through its stages. */
export function drawMlWork(scene: Scene): void {
  const source = SOURCES.draw(scene.random);
  const correlationId = scene.newId('ml');
  if (source !== 'asset') {
    recordJob(scene, source, { startMs: scene.moment(), correlationId });
    return;
  }
  let startMs = scene.moment();
  for (const stage of ASSET_STAGES) {
    const end = recordJob(scene, stage, { startMs, correlationId });
    if (!end.succeeded) return;
    startMs = end.atMs + scene.random.around(30_000, 1);
  }
}

function recordJob(
  scene: Scene,
  job: Worker,
  begin: { startMs: number; correlationId: string },
): { succeeded: boolean; atMs: number } {
  const { random } = scene;
  const durationMs = roundTo(random.around(job.medianMs, SPREAD), 3);
  const atMs = begin.startMs + durationMs;
  const status = drawStatus(random, job);
  scene.record(atMs, {
    event_type: 'ml_job',
    correlation_id: begin.correlationId,
    pipeline: job.pipeline,
    provider: job.provider,
    model: job.model,
    ...(job.stage && { stage: job.stage }),
    status,
    duration_ms: durationMs,
    job_id: scene.newId('job'),
    ...drawWork(random, job, { status, durationMs }),
    ...(status === 'failed' && { error_code: ERROR_CODES[random.below(ERROR_CODES.length)] }),
    ...(random.chance(RETRIED) && { retries: 1 + random.below(2) }),
  });
  return { succeeded: status === 'succeeded', atMs };
}

function drawStatus(random: Random, job: Worker): 'succeeded' | 'failed' | 'cancelled' {
  if (random.chance(job.failureRate)) return 'failed';
  return random.chance(CANCELLED) ? 'cancelled' : 'succeeded';
}

/** What went in, what came out, and what that cost: a failed job costs as well. */
function drawWork(
  random: Random,
  { units, usd }: Worker,
  { status, durationMs }: { status: string; durationMs: number },
): Record<string, number> {
  const [inputUnits, outputUnits] = units.map((mean) => (mean > 10 ? Math.round(random.around(mean, 0.3)) : mean)) as [
    number,
    number,
  ];
  const known = !random.chance(COST_MISSING);
  return {
    input_units: inputUnits,
    output_units: status === 'succeeded' ? outputUnits : 0,
    ...(usd &&
      known && { cost_usd: roundTo((usd.perSecond * durationMs) / 1000 + usd.perOutputUnit * outputUnits, 6) }),
  };
}

interface WorkerDetails {
  stage?: string;
  weight?: number;
  medianMs: number;
  failureRate?: number;
  units: [number, number];
  usd?: [perSecond: number, perOutputUnit: number];
}

function worker(pipeline: string, provider: string, model: string, details: WorkerDetails): Worker {
  const { weight = 0, failureRate = 0.02, usd, ...rest } = details;
  const price = usd && { perSecond: usd[0], perOutputUnit: usd[1] };
  return { pipeline, provider, model, weight, failureRate, usd: price, ...rest };
}
