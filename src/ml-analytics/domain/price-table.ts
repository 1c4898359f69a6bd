import type { Decimal } from '../../metrics/index.js';

/** What a provider asks for a job that did not say what it cost. Rates that are set add up. */
export interface Price {
  readonly provider: string;
  /** `*`: every model of the provider that has no price of its own. */
  readonly model: string;
  readonly usdPerJob?: Decimal;
  readonly usdPerSecond?: Decimal;
  readonly usdPerInputUnit?: Decimal;
  readonly usdPerOutputUnit?: Decimal;
  /** A UTC midnight; jobs from then on, until a later price of the same model. */
  readonly validFrom: Date;
}

export const ANY_MODEL = '*';

/** Prices with effective dates. */
export class PriceTable {
  /** By provider and model, latest first: an answer asks once for every group and span, of thousands. */
  private readonly byModel = new Map<string, Price[]>();

  constructor(private readonly prices: readonly Price[]) {
    const latestFirst = [...prices].sort((left, right) => right.validFrom.getTime() - left.validFrom.getTime());
    for (const price of latestFirst) {
      const key = keyOf(price.provider, price.model);
      this.byModel.set(key, [...(this.byModel.get(key) ?? []), price]);
    }
  }

  /** The price of a job: its own model's beats `*`, then the latest that is valid when the job ended. */
  priceOf(provider: string, model: string, at: Date): Price | undefined {
    return this.validAt(keyOf(provider, model), at) ?? this.validAt(keyOf(provider, ANY_MODEL), at);
  }

  /** When within a range some price begins to be valid, oldest first. */
  changesWithin({ from, to }: { readonly from: Date; readonly to: Date }): Date[] {
    const times = this.prices.map((price) => price.validFrom.getTime());
    const inside = [...new Set(times)].filter((time) => time > from.getTime() && time < to.getTime());
    return inside.sort((left, right) => left - right).map((time) => new Date(time));
  }

  private validAt(key: string, at: Date): Price | undefined {
    return this.byModel.get(key)?.find((price) => price.validFrom <= at);
  }
}

function keyOf(provider: string, model: string): string {
  return `${provider}\u0000${model}`;
}
