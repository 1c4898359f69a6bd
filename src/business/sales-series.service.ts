import { Injectable } from '@nestjs/common';
import {
  joinProvenance,
  MetricReader,
  readMeta,
  TimeFrame,
  type Bucket,
  type MetricRow,
  type MetricSnapshot,
  type Provenance,
  type StepName,
  type TimeRange,
} from '../metrics/index.js';
import { BusinessFrame, type BusinessRequest } from './business-frame.js';
import { LEDGER_STATUSES, metricOf, toFigures, type FigureName } from './domain/figures.js';
import { pairByDate, pairByPosition } from './domain/paired-points.js';
import type { Breakdown, SalesQueryDto } from './dto/business-query.dto.js';
import type { BreakdownDto, ComparedPointDto, SalesDto, SalesPointDto } from './dto/sales.dto.js';

const POINT = ['gross_sales', 'discounts', 'returns', 'net_sales', 'orders', 'units', 'average_order_value'] as const;
const PART = ['gross_sales', 'net_sales', 'orders', 'units'] as const;
/** By status every event of an order is a fact of its own, so `orders` counts events. */
const STATUS_PART = ['gross_sales', 'net_sales', 'order_events', 'units'] as const;

interface Series {
  readonly points: SalesPointDto[];
  readonly buckets: readonly Bucket[];
  readonly provenance: Provenance;
}

interface SeriesRequest extends BusinessRequest {
  readonly breakdown?: Breakdown;
}

/** Sales over time, whole and in parts. */
@Injectable()
export class SalesSeriesService {
  constructor(
    private readonly frame: BusinessFrame,
    private readonly time: TimeFrame,
    private readonly reader: MetricReader,
  ) {}

  async sales(query: SalesQueryDto): Promise<SalesDto> {
    const request: SeriesRequest = { ...this.frame.resolve(query), breakdown: query.breakdown };
    const { range, comparison, now, zone } = request;
    const step = this.time.step(query.step, range, now, { hours: 'business', oldest: comparison?.from });
    const bucketsOf = (of: TimeRange): Bucket[] => this.time.buckets(of, step, zone, now);
    return this.reader.snapshot(async (snapshot) => {
      const current = await readSeries(snapshot, request, range, bucketsOf(range));
      const earlier = comparison && (await readSeries(snapshot, request, comparison, bucketsOf(comparison)));
      return {
        points: current.points,
        ...(earlier && { comparison: { points: partnersOf(current, earlier, request, step) } }),
        meta: readMeta({
          ...request,
          step,
          provenance: joinProvenance(current.provenance, ...(earlier ? [earlier.provenance] : [])),
        }),
      };
    });
  }
}

async function readSeries(
  snapshot: MetricSnapshot,
  { breakdown, currency, collection }: SeriesRequest,
  range: TimeRange,
  buckets: Bucket[],
): Promise<Series> {
  const filters = {
    currency: [currency],
    status: LEDGER_STATUSES,
    ...(collection !== undefined && { collection: [collection] }),
  };
  const whole = await snapshot.read({ metrics: POINT.map(metricOf), range, buckets, filters });
  if (!breakdown) return { points: toPoints(whole.rows, buckets, currency), buckets, provenance: whole };
  const metrics = partFigures(breakdown).map(metricOf);
  const parts = await snapshot.read({ metrics, range, buckets, filters, groupBy: [breakdown] });
  return {
    points: toPoints(whole.rows, buckets, currency, byBucket(parts.rows, breakdown, currency)),
    buckets,
    provenance: joinProvenance(whole, parts),
  };
}

/** For every point of the range the one that it is compared with; null in all its values where there is none. */
function partnersOf(
  current: Series,
  earlier: Series,
  { compare, zone, breakdown }: SeriesRequest,
  step: StepName,
): ComparedPointDto[] {
  // Weeks begin on another date each year.
  const byDate = compare === 'previous_year' && step !== '1w';
  const partners = byDate
    ? pairByDate(current.buckets, earlier.buckets, zone)
    : pairByPosition(current.buckets, earlier.buckets);
  const missing = { t: null, ...toFigures(POINT, {}, ''), ...(breakdown && { breakdown: [] }) };
  return partners.map((place) => (place === undefined ? missing : earlier.points[place]) ?? missing);
}

function partFigures(breakdown: Breakdown): readonly FigureName[] {
  return breakdown === 'status' ? STATUS_PART : PART;
}

function toPoints(
  rows: readonly MetricRow[],
  buckets: readonly Bucket[],
  currency: string,
  parts?: ReadonlyMap<number, BreakdownDto[]>,
): SalesPointDto[] {
  return rows.map((row) => {
    const bucket = buckets[row.bucket];
    return {
      t: bucket?.start.toISOString() ?? '',
      ...(bucket?.partial && { partial: true }),
      ...toFigures(POINT, row.values, currency),
      ...(parts && { breakdown: parts.get(row.bucket) ?? [] }),
    };
  });
}

/** The parts of each bucket, largest gross sales first. */
function byBucket(rows: readonly MetricRow[], breakdown: Breakdown, currency: string): Map<number, BreakdownDto[]> {
  const parts = new Map<number, BreakdownDto[]>();
  for (const row of rows) {
    const list = parts.get(row.bucket) ?? [];
    list.push(toPart(row, breakdown, currency));
    parts.set(row.bucket, list);
  }
  parts.forEach((list) => list.sort((left, right) => (right.gross_sales ?? 0) - (left.gross_sales ?? 0)));
  return parts;
}

function toPart(row: MetricRow, breakdown: Breakdown, currency: string): BreakdownDto {
  const figures = toFigures(partFigures(breakdown), row.values, currency);
  return {
    key: row.group[breakdown] ?? null,
    gross_sales: figures.gross_sales,
    net_sales: figures.net_sales,
    orders: breakdown === 'status' ? figures.order_events : figures.orders,
    units: figures.units,
  };
}
