import { Injectable } from '@nestjs/common';
import {
  joinProvenance,
  MetricReader,
  readMeta,
  TimeFrame,
  type Bucket,
  type MetricRow,
  type Provenance,
  type TimeRange,
} from '../metrics/index.js';
import { BusinessFrame, type BusinessRequest } from './business-frame.js';
import { metricOf, toFigures, type FigureName } from './domain/figures.js';
import type { Breakdown, SalesQueryDto } from './dto/business-query.dto.js';
import type { BreakdownDto, SalesDto, SalesPointDto } from './dto/sales.dto.js';

const POINT = ['gross_sales', 'discounts', 'returns', 'net_sales', 'orders', 'units', 'average_order_value'] as const;
const PART = ['gross_sales', 'net_sales', 'orders', 'units'] as const;
/** By status every event of an order is a fact of its own, so `orders` counts events. */
const STATUS_PART = ['gross_sales', 'net_sales', 'order_events', 'units'] as const;
/** The statuses that move money; paid and fulfilled change no figure. */
const LEDGER_STATUSES = ['placed', 'refunded', 'cancelled'];

interface Series {
  readonly points: SalesPointDto[];
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
    const step = this.time.step(query.step, range, now, 'business');
    const seriesOf = (of: TimeRange): Promise<Series> =>
      this.series(request, of, this.time.buckets(of, step, zone, now));
    const [current, earlier] = await Promise.all([seriesOf(range), comparison && seriesOf(comparison)]);
    return {
      points: current.points,
      ...(earlier && { comparison: { points: earlier.points } }),
      meta: readMeta({
        ...request,
        step,
        provenance: joinProvenance(current.provenance, ...(earlier ? [earlier.provenance] : [])),
      }),
    };
  }

  private async series(request: SeriesRequest, range: TimeRange, buckets: Bucket[]): Promise<Series> {
    const { breakdown, currency, collection } = request;
    const filters = { currency: [currency], ...(collection !== undefined && { collection: [collection] }) };
    const [whole, parts] = await Promise.all([
      this.reader.read({ metrics: POINT.map(metricOf), range, buckets, filters }),
      breakdown && this.parts(breakdown, filters, range, buckets),
    ]);
    const partsByBucket = parts && byBucket(parts.rows, breakdown, currency);
    return {
      points: whole.rows.map((row) => toPoint(row, buckets, currency, partsByBucket)),
      provenance: parts ? joinProvenance(whole, parts) : whole,
    };
  }

  private parts(breakdown: Breakdown, filters: Record<string, string[]>, range: TimeRange, buckets: Bucket[]) {
    const metrics = partFigures(breakdown).map(metricOf);
    const moving = { ...filters, status: LEDGER_STATUSES };
    return this.reader.read({ metrics, range, buckets, filters: moving, groupBy: [breakdown] });
  }
}

function partFigures(breakdown: Breakdown | undefined): readonly FigureName[] {
  return breakdown === 'status' ? STATUS_PART : PART;
}

function toPoint(
  row: MetricRow,
  buckets: readonly Bucket[],
  currency: string,
  parts: Map<number, BreakdownDto[]> | undefined,
): SalesPointDto {
  const bucket = buckets[row.bucket];
  return {
    t: bucket?.start.toISOString() ?? '',
    ...(bucket?.partial && { partial: true }),
    ...toFigures(POINT, row.values, currency),
    ...(parts && { breakdown: parts.get(row.bucket) ?? [] }),
  };
}

/** The parts of each bucket, largest gross sales first. */
function byBucket(
  rows: readonly MetricRow[],
  breakdown: Breakdown | undefined,
  currency: string,
): Map<number, BreakdownDto[]> {
  const parts = new Map<number, BreakdownDto[]>();
  for (const row of rows) {
    const list = parts.get(row.bucket) ?? [];
    list.push(toPart(row, breakdown, currency));
    parts.set(row.bucket, list);
  }
  parts.forEach((list) => list.sort((left, right) => (right.gross_sales ?? 0) - (left.gross_sales ?? 0)));
  return parts;
}

function toPart(row: MetricRow, breakdown: Breakdown | undefined, currency: string): BreakdownDto {
  const figures = toFigures(partFigures(breakdown), row.values, currency);
  return {
    key: breakdown ? (row.group[breakdown] ?? null) : null,
    gross_sales: figures.gross_sales,
    net_sales: figures.net_sales,
    orders: breakdown === 'status' ? figures.order_events : figures.orders,
    units: figures.units,
  };
}
