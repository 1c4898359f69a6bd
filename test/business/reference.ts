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
    const buyers = this.sessions(question, isPlaced, part);
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
    for (const event of seen) sessions.add(event['session_id'] as string);
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
    const complete = this.sessions(question, isPlaced, part);
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
      const own = grossOf((event.items ?? []).filter(part));
      if (isPlaced(event)) {
        const all = grossOf(event.items ?? []);
        gross = gross.plus(own);
        if (!all.isZero()) discounts = discounts.plus(own.times((event['discount'] as number) ?? 0).div(all));
        units += (event.items ?? []).filter(part).reduce((total, item) => total + item.quantity, 0);
        orders += (event.items ?? []).some(part) ? 1 : 0;
      } else if (isMoving(event)) returns = returns.plus(own);
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

function isMoving(event: Order): boolean {
  return ['placed', 'refunded', 'cancelled'].includes(event.status);
}

function grossOf(items: readonly Line[]): Decimal {
  return items.reduce((total, item) => total.plus(new Decimal(item.quantity).times(item.unit_price)), new Decimal(0));
}

function cents(amount: Decimal): number {
  return amount.toDecimalPlaces(2).toNumber() + 0;
}
