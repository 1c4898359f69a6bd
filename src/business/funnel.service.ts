import { Injectable } from '@nestjs/common';
import {
  Decimal,
  joinProvenance,
  MetricReader,
  readMeta,
  type MetricSnapshot,
  type Provenance,
  type TimeRange,
} from '../metrics/index.js';
import { BusinessFrame, type BusinessRequest } from './business-frame.js';
import { metricOf, ratio, toComparison, toFigures, type Values } from './domain/figures.js';
import type { FunnelQueryDto } from './dto/business-query.dto.js';
import { FUNNEL_FIGURES, FUNNEL_STEPS, type FunnelDto, type FunnelStepDto } from './dto/funnel.dto.js';

/** Sessions that reached each step: the metric counts those of the later steps as well. */
const METRICS = {
  traffic: 'business.sessions',
  cart: 'business.cart_sessions',
  checkout: 'business.checkout_sessions',
  complete: 'business.buying_sessions',
} as const;

interface Funnel extends Provenance {
  /** In the order of the steps. */
  readonly steps: readonly Values[];
}

/** How far sessions come on their way to an order. */
@Injectable()
export class FunnelService {
  constructor(
    private readonly frame: BusinessFrame,
    private readonly reader: MetricReader,
  ) {}

  async funnel(query: FunnelQueryDto): Promise<FunnelDto> {
    const request = this.frame.resolve(query);
    return this.reader.snapshot(async (snapshot) => {
      const now = await funnelOf(snapshot, request, request.range);
      const then = request.comparison && (await funnelOf(snapshot, request, request.comparison));
      return {
        steps: FUNNEL_STEPS.map((step, index) => toStep(step, now.steps[index] ?? {}, then?.steps[index], request)),
        meta: readMeta({ ...request, provenance: joinProvenance(now, ...(then ? [then] : [])), holds: ['distinct'] }),
      };
    });
  }
}

async function funnelOf(snapshot: MetricSnapshot, { collection }: BusinessRequest, range: TimeRange): Promise<Funnel> {
  const filters: Record<string, string[]> = collection === undefined ? {} : { collection: [collection] };
  const answer = await snapshot.readTotals({ metrics: Object.values(METRICS), range, filters });
  return { ...answer, steps: stepValues(answer.totals) };
}

/** Sessions of a step are among those of the step before; two estimates need not be, so the smaller one is taken. */
function stepValues(totals: Values): Values[] {
  const steps: Values[] = [];
  for (const step of FUNNEL_STEPS) {
    const counted = totals[METRICS[step]] ?? new Decimal(0);
    const before = steps.at(-1)?.[metricOf('sessions')];
    const sessions = before ? Decimal.min(counted, before) : counted;
    steps.push({
      [metricOf('sessions')]: sessions,
      [metricOf('rate_from_previous')]: ratio(sessions, before),
      [metricOf('rate_from_start')]: ratio(sessions, steps[0]?.[metricOf('sessions')] ?? sessions),
    });
  }
  return steps;
}

function toStep(
  step: FunnelStepDto['step'],
  now: Values,
  then: Values | undefined,
  { currency }: BusinessRequest,
): FunnelStepDto {
  return {
    step,
    ...toFigures(FUNNEL_FIGURES, now, currency),
    ...(then && { comparison: toComparison(FUNNEL_FIGURES, now, then, currency) }),
  };
}
