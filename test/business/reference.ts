import { Decimal } from 'decimal.js';
import type { StreamEvent } from '../rollups/reference.js';

/** Which events an answer is about; half-open, in epoch milliseconds. */
export interface Question {
  readonly from: number;
  readonly to: number;
  readonly currency: string;
  readonly collection?: string;
}

interface Line {
  readonly product_id: string;
  readonly collection?: string;
  readonly quantity: number;
  readonly unit_price: number;
  readonly discount?: number;
}

interface Order extends StreamEvent {
  readonly status: string;
  readonly currency: string;
  readonly total: number;
  readonly session_id?: string;
  readonly items?: Line[];
}

type Part = (line: Line) => boolean;
type Row = Record<string, number | null>;

/**
 * The figures of API.md, one event after the other, by the plainest means. Shares nothing with the code under test: no
 * catalogue, no SQL, no sketches. Money is rounded to cents at the very end.
 */
export class Reference {
  constructor(private readonly events: readonly StreamEvent[]) {}

  overview(question: Question): Row {
    const sales =
      question.collection === undefined ? this.orderSales(question) : this.lineSales(question, inCollection(question));
    const orders = sales['orders'] ?? 0;
    const part = question.collection === undefined ? undefined : inCollection(question);
    const sessions = this.sessions(question, () => true, part);
    const buyers = this.sessions(question, isBought, part);
    const { exact_net: exactNet, ...rest } = sales;
    return {
      total_sales: null,
      ...rest,
      average_order_value: orders === 0 ? null : cents(new Decimal(exactNet ?? 0).div(orders)),
      sessions: sessions.size,
      conversion_rate: sessions.size === 0 ? null : buyers.size / sessions.size,
    };
  }

  /** By product id. */
  products(question: Question): Map<string, Row> {
    const ids = new Set<string>();
    for (const event of this.within(question)) {
      if (isOrder(event) && event.currency === question.currency && isMoving(event)) {
        for (const item of event.items ?? []) if (inCollection(question)(item)) ids.add(item.product_id);
      }
      if (event['name'] === 'product_view' || event['name'] === 'add_to_cart') {
        if (event['product_id'] && isOf(event, question)) ids.add(event['product_id'] as string);
      }
    }
    for (const event of this.events) {
      if (event.event_type !== 'inventory' || Date.parse(event.occurred_at) >= question.to) continue;
      if (isOf(event, question)) ids.add(event['product_id'] as string);
    }
    return new Map([...ids].map((id) => [id, this.product(id, question)]));
  }

  private product(id: string, question: Question): Row {
    const part: Part = (item) => item.product_id === id && inCollection(question)(item);
    const { gross_sales, discounts, net_sales, orders, units } = this.lineSales(question, part);
    const seen = this.within(question).filter((event) => event['product_id'] === id && isOf(event, question));
    const views = seen.filter((event) => event['name'] === 'product_view');
    const viewers = new Set(views.map((event) => event['session_id']));
    const stock = this.stockOf(id, question.to);
    const days = (question.to - question.from) / 86_400_000;
    return {
      views: views.length,
      add_to_carts: seen.filter((event) => event['name'] === 'add_to_cart').length,
      orders: orders ?? 0,
      units: units ?? 0,
      gross_sales: gross_sales ?? 0,
      discounts: discounts ?? 0,
      net_sales: net_sales ?? 0,
      conversion_rate: viewers.size === 0 ? null : (orders ?? 0) / viewers.size,
      inventory: stock,
      days_of_stock: stock === null || !units ? null : stock / (units / days),
    };
  }

  private stockOf(id: string, to: number): number | null {
    const reports = this.events.filter(
      (event) => event.event_type === 'inventory' && event['product_id'] === id && Date.parse(event.occurred_at) < to,
    );
    reports.sort((left, right) => Date.parse(left.occurred_at) - Date.parse(right.occurred_at));
    return (reports.at(-1)?.['quantity'] as number | undefined) ?? null;
  }

  /** By collection; null for lines without one. `always` are listed whatever happened. */
  collections(question: Question, always: readonly string[]): Map<string | null, Row> {
    const names = new Set<string | null>(always);
    for (const event of this.within(question)) {
      if (isOrder(event) && event.currency === question.currency && isMoving(event)) {
        for (const item of event.items ?? []) names.add(item.collection ?? null);
      }
      // Orders in another currency still have sessions.
      if (isOrder(event)) for (const item of event.items ?? []) if (item.collection) names.add(item.collection);
      if (event.event_type === 'storefront' && event['collection']) names.add(event['collection'] as string);
    }
    const rows = new Map([...names].map((name) => [name, this.collection(name, question)]));
    const total = [...rows.values()].reduce((sum, row) => sum + (row['exact_net'] ?? 0), 0);
    for (const row of rows.values()) {
      row['share_of_sales'] = total === 0 ? null : (row['exact_net'] ?? 0) / total;
      delete row['exact_net'];
    }
    return rows;
  }

  private collection(name: string | null, question: Question): Row {
    const part: Part = (item) => (item.collection ?? null) === name;
    const { gross_sales, discounts, net_sales, orders, units, exact_net } = this.lineSales(question, part);
    const seen = this.within(question).filter(
      (event) => event.event_type === 'storefront' && ((event['collection'] as string | undefined) ?? null) === name,
    );
    const buyers = this.sessions(question, isPlaced, part);
    const sessions = this.sessions(question, isOrder, part);
    for (const event of seen) {
      sessions.add(event['session_id'] as string);
      if (event['name'] === 'purchase') buyers.add(event['session_id'] as string);
    }
    return {
      gross_sales: gross_sales ?? 0,
      discounts: discounts ?? 0,
      net_sales: net_sales ?? 0,
      exact_net: exact_net ?? 0,
      orders: orders ?? 0,
      units: units ?? 0,
      views: seen.filter((event) => event['name'] === 'product_view').length,
      add_to_carts: seen.filter((event) => event['name'] === 'add_to_cart').length,
      conversion_rate: sessions.size === 0 ? null : buyers.size / sessions.size,
    };
  }

  /** Sessions that reached traffic, cart, checkout and complete. */
  funnel(question: Question): number[] {
    const part = question.collection === undefined ? undefined : inCollection(question);
    const named = (name: string) => (event: StreamEvent) => event['name'] === name;
    const complete = this.sessions(question, isBought, part);
    const checkout = new Set([...this.sessions(question, named('checkout_started'), part), ...complete]);
    const cart = new Set([...this.sessions(question, named('add_to_cart'), part), ...checkout]);
    const traffic = this.sessions(question, () => true, part);
    return [traffic.size, cart.size, checkout.size, complete.size];
  }

  /** `part`: orders count that have such a line; absent: every order. */
  private sessions(question: Question, chosen: (event: StreamEvent) => boolean, part?: Part): Set<string> {
    const sessions = new Set<string>();
    for (const event of this.within(question)) {
      if (!chosen(event) || event['session_id'] === undefined) continue;
      if (event.event_type === 'storefront' && !isOf(event, question)) continue;
      if (event.event_type !== 'storefront' && event.event_type !== 'order') continue;
      if (isOrder(event) && part && !(event.items ?? []).some(part)) continue;
      sessions.add(event['session_id'] as string);
    }
    return sessions;
  }

  private orderSales({ currency, ...question }: Question): Row {
    let [gross, discounts, returns, charges, units, orders] = [
      new Decimal(0),
      new Decimal(0),
      new Decimal(0),
      new Decimal(0),
      0,
      0,
    ];
    for (const event of this.within({ currency, ...question })) {
      if (!isOrder(event) || event.currency !== currency) continue;
      const [tax, shipping, discount] = [event['tax'] ?? 0, event['shipping'] ?? 0, event['discount'] ?? 0] as number[];
      const extra = new Decimal(tax ?? 0).plus(shipping ?? 0);
      if (isPlaced(event)) {
        gross = gross
          .plus(event.total)
          .plus(discount ?? 0)
          .minus(extra);
        discounts = discounts.plus(discount ?? 0);
        charges = charges.plus(extra);
        units += (event.items ?? []).reduce((total, item) => total + item.quantity, 0);
        orders += 1;
      } else if (isMoving(event)) {
        returns = returns.plus(event.total).minus(extra);
        charges = charges.minus(extra);
      }
    }
    const net = gross.minus(discounts).minus(returns);
    return {
      gross_sales: cents(gross),
      discounts: cents(discounts),
      returns: cents(returns),
      net_sales: cents(net),
      total_sales: cents(net.plus(charges)),
      orders,
      units,
      exact_net: net.toNumber(),
    };
  }

  private lineSales(question: Question, part: Part): Row {
    let [gross, discounts, returns, units, orders] = [new Decimal(0), new Decimal(0), new Decimal(0), 0, 0];
    for (const event of this.within(question)) {
      if (!isOrder(event) || event.currency !== question.currency) continue;
      const items = event.items ?? [];
      const ofLines = lineDiscounts(event);
      const chosen = [...items.keys()].filter((index) => part(items[index]!));
      if (isPlaced(event)) {
        gross = gross.plus(grossOf(items.filter(part)));
        for (const index of chosen) discounts = discounts.plus(ofLines[index]!);
        units += items.filter(part).reduce((total, item) => total + item.quantity, 0);
        orders += items.some(part) ? 1 : 0;
      } else if (isMoving(event)) {
        const shares = returnShares(items, ofLines);
        for (const index of chosen) returns = returns.plus(orderNet(event).times(shares[index]!));
      }
    }
    const net = gross.minus(discounts).minus(returns);
    return {
      gross_sales: cents(gross),
      discounts: cents(discounts),
      returns: cents(returns),
      net_sales: cents(net),
      orders,
      units,
      exact_net: net.toNumber(),
    };
  }

  /** Values of single placed orders, ascending. */
  orderValues(question: Question): number[] {
    const part = question.collection === undefined ? undefined : inCollection(question);
    const values = this.placed(question).flatMap((event) => {
      if (!part) return [orderNet(event).toNumber()];
      const items = event.items ?? [];
      if (!items.some(part)) return [];
      const discounts = lineDiscounts(event);
      const own = items.flatMap((item, index) => (part(item) ? [grossOf([item]).minus(discounts[index]!)] : []));
      return [own.reduce((total, value) => total.plus(value), new Decimal(0)).toNumber()];
    });
    return values.sort((left, right) => left - right);
  }

  customers(question: Question): { new: number; returning: number } | null {
    const part = question.collection === undefined ? () => true : inCollection(question);
    const orders = this.placed(question).filter(
      (event) => question.collection === undefined || (event.items ?? []).some(part),
    );
    const ids = new Set(orders.flatMap((event) => (event['customer_id'] as string | undefined) ?? []));
    if (ids.size === 0 && orders.length > 0) return null;
    const before = new Set(
      this.events
        .filter((event) => isPlaced(event) && event['test'] !== true && Date.parse(event.occurred_at) < question.from)
        .map((event) => event['customer_id']),
    );
    const returning = [...ids].filter((id) => before.has(id)).length;
    return { new: ids.size - returning, returning };
  }

  private placed(question: Question): Order[] {
    return this.within(question).filter(
      (event): event is Order => isOrder(event) && isPlaced(event) && event.currency === question.currency,
    );
  }

  private within({ from, to }: Question): StreamEvent[] {
    return this.events.filter((event) => {
      const at = Date.parse(event.occurred_at);
      return at >= from && at < to && event['test'] !== true;
    });
  }
}

function inCollection({ collection }: Question): Part {
  return (item) => collection === undefined || item.collection === collection;
}

function isOf(event: StreamEvent, { collection }: Question): boolean {
  return collection === undefined || event['collection'] === collection;
}

function isOrder(event: StreamEvent): event is Order {
  return event.event_type === 'order';
}

function isPlaced(event: StreamEvent): boolean {
  return isOrder(event) && event.status === 'placed';
}

function isBought(event: StreamEvent): boolean {
  return isPlaced(event) || event['name'] === 'purchase';
}

function orderNet(event: Order): Decimal {
  return new Decimal(event.total).minus((event['tax'] as number) ?? 0).minus((event['shipping'] as number) ?? 0);
}

/** Of each line: its own discount where any line has one, else its part of the order's by gross. */
function lineDiscounts(event: Order): Decimal[] {
  const items = event.items ?? [];
  if (items.some(({ discount }) => discount !== undefined)) return items.map((item) => new Decimal(item.discount ?? 0));
  const all = grossOf(items);
  const discount = new Decimal((event['discount'] as number) ?? 0);
  return items.map((item) => (all.isZero() ? new Decimal(0) : discount.times(grossOf([item])).div(all)));
}

/** What part of a refund each line gives back: by gross less discount, of lines without either evenly. */
function returnShares(items: readonly Line[], discounts: readonly Decimal[]): Decimal[] {
  const grosses = items.map((item) => grossOf([item]));
  const nets = grosses.map((gross, index) => gross.minus(discounts[index]!));
  const total = (values: readonly Decimal[]): Decimal =>
    values.reduce((sum, value) => sum.plus(value), new Decimal(0)).toDecimalPlaces(12);
  const weights = !total(nets).isZero() ? nets : !total(grosses).isZero() ? grosses : items.map(() => new Decimal(1));
  return weights.map((weight) => weight.div(total(weights)));
}

function isMoving(event: Order): boolean {
  return ['placed', 'refunded', 'cancelled'].includes(event.status);
}

function grossOf(items: readonly Line[]): Decimal {
  return items.reduce((total, item) => total.plus(new Decimal(item.quantity).times(item.unit_price)), new Decimal(0));
}

function cents(amount: Decimal): number {
  return amount.toDecimalPlaces(2).toNumber() + 0;
}
