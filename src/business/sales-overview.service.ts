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
import type { OtherCurrencyDto, OverviewDto } from './dto/overview.dto.js';

const SALES = ['gross_sales', 'discounts', 'returns', 'net_sales', 'orders', 'units', 'average_order_value'] as const;
const TRAFFIC = ['conversion_rate', 'sessions'] as const;
const OTHER_CURRENCY = ['orders', 'gross_sales', 'net_sales'] as const;
/** The order of the wire. Lines have neither tax nor shipping, so the total of a collection is unknown. */
const OVERVIEW = [
  'gross_sales',
  'discounts',
  'returns',
  'net_sales',
  'total_sales',
  'orders',
  'units',
  'average_order_value',
  'conversion_rate',
  'sessions',
] as const satisfies readonly FigureName[];

interface Period {
  readonly values: Values;
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
        ...toFigures(OVERVIEW, now.values, currency),
        other_currencies: now.otherCurrencies,
        ...(then && { comparison: toComparison(OVERVIEW, now.values, then.values, currency) }),
        meta: readMeta({
          ...request,
          provenance: joinProvenance(now.provenance, ...(then ? [then.provenance] : [])),
          holds: ['distinct'],
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
  const [sales, traffic] = await snapshot.readAll([
    { metrics: figures.map(metricOf), range, filters: { ...filters, status: LEDGER_STATUSES }, groupBy: ['currency'] },
    { metrics: TRAFFIC.map(metricOf), range, filters },
  ]);
  const own = sales.rows.find(({ group }) => group['currency'] === currency)?.values ?? nothingSold(figures);
  return {
    values: { ...own, ...traffic.rows[0]?.values },
    otherCurrencies: otherCurrencies(sales.rows, currency),
    provenance: joinProvenance(sales, traffic),
  };
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
