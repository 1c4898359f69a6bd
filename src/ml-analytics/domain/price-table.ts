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
  constructor(private readonly prices: readonly Price[]) {}

  /** The price of a job: its own model's beats `*`, then the latest that is valid when the job ended. */
  priceOf(provider: string, model: string, at: Date): Price | undefined {
    const valid = this.prices.filter((price) => price.provider === provider && price.validFrom <= at);
    return latest(valid.filter((price) => price.model === model)) ?? latest(valid.filter(isForAnyModel));
  }

  /** When within a range some price begins to be valid, oldest first. */
  changesWithin({ from, to }: { readonly from: Date; readonly to: Date }): Date[] {
    const times = this.prices.map((price) => price.validFrom.getTime());
    const inside = [...new Set(times)].filter((time) => time > from.getTime() && time < to.getTime());
    return inside.sort((left, right) => left - right).map((time) => new Date(time));
  }
}

function isForAnyModel({ model }: Price): boolean {
  return model === ANY_MODEL;
}

function latest(prices: readonly Price[]): Price | undefined {
  return prices.reduce<Price | undefined>(
    (best, price) => (best && best.validFrom >= price.validFrom ? best : price),
    undefined,
  );
}
