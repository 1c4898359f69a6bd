import { Injectable } from '@nestjs/common';
import {
  joinProvenance,
  MetricReader,
  readMeta,
  type MetricRow,
  type Provenance,
  type TimeRange,
} from '../metrics/index.js';
import { BusinessFrame, type BusinessRequest } from './business-frame.js';
import { changes, metricOf, toFigures, type FigureName } from './domain/figures.js';
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
  readonly values: MetricRow['values'];
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
    const [current, earlier] = await Promise.all([
      this.period(request, request.range),
      comparison && this.period(request, comparison),
    ]);
    return {
      currency,
      ...toFigures(OVERVIEW, current.values, currency),
      other_currencies: current.otherCurrencies,
      ...(earlier && {
        comparison: {
          ...toFigures(OVERVIEW, earlier.values, currency),
          change: changes(OVERVIEW, current.values, earlier.values),
        },
      }),
      meta: readMeta({
        ...request,
        provenance: joinProvenance(current.provenance, ...(earlier ? [earlier.provenance] : [])),
        holds: ['distinct'],
      }),
    };
  }

  private async period({ currency, collection }: BusinessRequest, range: TimeRange): Promise<Period> {
    const filters: Record<string, string[]> = collection === undefined ? {} : { collection: [collection] };
    const sales = collection === undefined ? [...SALES, 'total_sales' as const] : SALES;
    const [byCurrency, inCurrency, traffic] = await Promise.all([
      this.reader.read({ metrics: OTHER_CURRENCY.map(metricOf), range, filters, groupBy: ['currency'] }),
      this.reader.readTotals({ metrics: sales.map(metricOf), range, filters: { ...filters, currency: [currency] } }),
      this.reader.readTotals({ metrics: TRAFFIC.map(metricOf), range, filters }),
    ]);
    return {
      values: { ...inCurrency.totals, ...traffic.totals },
      otherCurrencies: otherCurrencies(byCurrency.rows, currency),
      provenance: joinProvenance(byCurrency, inCurrency, traffic),
    };
  }
}

function otherCurrencies(rows: readonly MetricRow[], own: string): OtherCurrencyDto[] {
  return rows
    .map((row) => ({ currency: row.group['currency'] ?? '', row }))
    .filter(({ currency }) => currency !== own)
    .sort((left, right) => left.currency.localeCompare(right.currency))
    .map(({ currency, row }) => ({ currency, ...toFigures(OTHER_CURRENCY, row.values, currency) }));
}
