import { Injectable } from '@nestjs/common';
import {
  Decimal,
  joinProvenance,
  MetricReader,
  readMeta,
  type MetricRow,
  type MetricSnapshot,
  type Provenance,
  type TimeRange,
} from '../metrics/index.js';
import { BusinessFrame, type BusinessRequest } from './business-frame.js';
import { LEDGER_STATUSES, metricOf, toComparison, toFigures, type FigureName, type Values } from './domain/figures.js';
import type { OverviewQueryDto } from './dto/business-query.dto.js';
import {
  OVERVIEW_FIGURES,
  type CustomersDto,
  type OrderValueDto,
  type OtherCurrencyDto,
  type OverviewDto,
} from './dto/overview.dto.js';

const SALES = ['gross_sales', 'discounts', 'returns', 'net_sales', 'orders', 'units', 'average_order_value'] as const;
const ORDER_VALUES = ['order_value_min', 'order_value_max', 'order_value_p50', 'order_value_p95'] as const;
const TRAFFIC = ['conversion_rate', 'sessions'] as const;
const OTHER_CURRENCY = ['orders', 'gross_sales', 'net_sales'] as const;
interface Period {
  readonly values: Values;
  readonly customers: CustomersDto | null;
  readonly otherCurrencies: OtherCurrencyDto[];
  readonly provenance: Provenance;
}

/** The business figures of one range at a glance. */
@Injectable()
export class SalesOverviewService {
  constructor(
    private readonly frame: BusinessFrame,
    private readonly reader: MetricReader,
  ) {}

  async overview(query: OverviewQueryDto): Promise<OverviewDto> {
    const request = this.frame.resolve(query);
    const { comparison, currency } = request;
    return this.reader.snapshot(async (snapshot) => {
      const now = await readPeriod(snapshot, request, request.range);
      const then = comparison && (await readPeriod(snapshot, request, comparison));
      return {
        currency,
        ...toFigures(OVERVIEW_FIGURES, now.values, currency),
        order_value: orderValue(now, currency),
        customers: now.customers,
        other_currencies: now.otherCurrencies,
        ...(then && {
          comparison: {
            ...toComparison(OVERVIEW_FIGURES, now.values, then.values, currency),
            order_value: orderValue(then, currency),
            customers: then.customers,
          },
        }),
        meta: readMeta({
          ...request,
          provenance: joinProvenance(now.provenance, ...(then ? [then.provenance] : [])),
          holds: ['percentiles', 'distinct'],
        }),
      };
    });
  }
}

/** Sales of all currencies are one read, so that the one asked for and the others are of the same orders. */
async function readPeriod(
  snapshot: MetricSnapshot,
  { currency, collection }: BusinessRequest,
  range: TimeRange,
): Promise<Period> {
  const filters: Record<string, string[]> = collection === undefined ? {} : { collection: [collection] };
  const figures = collection === undefined ? [...SALES, 'total_sales' as const] : SALES;
  const ofCurrency = { ...filters, currency: [currency] };
  const [sales, values, people, traffic] = await snapshot.readAll([
    { metrics: figures.map(metricOf), range, filters: { ...filters, status: LEDGER_STATUSES }, groupBy: ['currency'] },
    { metrics: ORDER_VALUES.map(metricOf), range, filters: { ...ofCurrency, status: ['placed'] } },
    { metrics: [metricOf('customers')], range, filters: ofCurrency },
    { metrics: TRAFFIC.map(metricOf), range, filters },
  ]);
  const fresh = await snapshot.countFirstSeen('customers', range, {
    currency,
    ...(collection !== undefined && { collection }),
  });
  const own = sales.rows.find(({ group }) => group['currency'] === currency)?.values ?? nothingSold(figures);
  return {
    values: { ...own, ...values.rows[0]?.values, ...traffic.rows[0]?.values },
    customers: customersOf(people.rows[0]?.values[metricOf('customers')], fresh.count, own[metricOf('orders')]),
    otherCurrencies: otherCurrencies(sales.rows, currency),
    provenance: joinProvenance(sales, values, traffic, { ...people, stale: people.stale || fresh.stale }),
  };
}

function orderValue({ values }: Period, currency: string): OrderValueDto {
  const figures = toFigures(ORDER_VALUES, values, currency);
  // Without percentiles some of the orders were rolled up before their values were kept: no extreme is known either.
  const isKnown = figures.order_value_p50 !== null;
  return {
    min: isKnown ? figures.order_value_min : null,
    max: isKnown ? figures.order_value_max : null,
    p50: figures.order_value_p50,
    p95: figures.order_value_p95,
  };
}

/** Null where there are orders and none of them names its customer. Above 1,000 customers the total is an estimate. */
function customersOf(
  total: Decimal | null | undefined,
  fresh: number,
  orders: Decimal | null | undefined,
): CustomersDto | null {
  const all = total?.toNumber() ?? 0;
  if (all === 0 && orders && !orders.isZero()) return null;
  const returning = Math.max(0, all - fresh);
  const both = fresh + returning;
  return { new: fresh, returning, repeat_rate: both === 0 ? null : returning / both };
}

/** Sums of nothing are 0; there is no average of nothing. */
function nothingSold(figures: readonly FigureName[]): Values {
  return Object.fromEntries(
    figures.map((figure) => [metricOf(figure), figure === 'average_order_value' ? null : new Decimal(0)]),
  );
}

function otherCurrencies(rows: readonly MetricRow[], own: string): OtherCurrencyDto[] {
  return rows
    .map((row) => ({ currency: row.group['currency'] ?? '', row }))
    .filter(({ currency }) => currency !== own)
    .sort((left, right) => left.currency.localeCompare(right.currency))
    .map(({ currency, row }) => ({ currency, ...toFigures(OTHER_CURRENCY, row.values, currency) }));
}
