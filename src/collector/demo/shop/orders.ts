import { minorUnitDigits } from '../../../platform/currency/index.js';
import type { Product } from './assortment.js';
import type { Random } from './random.js';
import type { Scene } from './scene.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/** Shares of orders. */
const IN_ANOTHER_CURRENCY = 0.18;
const TEST = 0.01;
const DISCOUNTED = 0.22;
const CANCELLED = 0.025;
const REFUNDED = 0.07;
const REFUNDED_IN_PART = 0.45;

const TAX_RATE = 0.08;
const SHIPPING_CENTS = 790;
const FREE_SHIPPING_FROM_CENTS = 15_000;
const DISCOUNT_RATES = [0.1, 0.1, 0.15, 0.25];

export interface Purchase {
  sessionId: string;
  customerId: string;
  /** Not empty; the same product more than once is a quantity. */
  cart: Product[];
  atMs: number;
  correlationId: string;
}

interface Line {
  product: Product;
  quantity: number;
  /** In the currency's minor unit. */
  unitPrice: number;
}

/** Amounts in the currency's minor unit, so that they add up exactly. */
interface Amounts {
  gross: number;
  discount: number;
  tax: number;
  shipping: number;
}

/** Records an order and what becomes of it in the days after: payment, dispatch, cancellation, refund. */
export function placeOrder(scene: Scene, purchase: Purchase): void {
  const order = new Order(scene, purchase);
  order.place();
  if (scene.random.chance(CANCELLED)) order.cancel();
  else order.fulfil();
}

class Order {
  private readonly id: string;
  private readonly currency: string;
  private readonly decimals: number;
  private readonly test: boolean;
  private readonly lines: Line[];
  private readonly amounts: Amounts;

  constructor(
    private readonly scene: Scene,
    private readonly purchase: Purchase,
  ) {
    const { random, currencies } = scene;
    this.id = scene.newId('order');
    const foreign = currencies.length > 1 && random.chance(IN_ANOTHER_CURRENCY);
    this.currency = currencies[foreign ? 1 + random.below(currencies.length - 1) : 0] as string;
    this.decimals = minorUnitDigits(this.currency);
    this.test = random.chance(TEST);
    this.lines = linesOf(purchase.cart, this.decimals, random);
    this.amounts = amountsOf(this.lines, random.chance(DISCOUNTED) ? drawRate(random) : 0, this.decimals);
  }

  place(): void {
    this.record('placed', this.purchase.atMs, { ...this.money(this.amounts), items: this.items(this.lines) });
    this.record('paid', this.purchase.atMs + this.scene.random.around(90_000, 0.6), this.money(this.amounts));
    if (!this.test) for (const line of this.lines) this.recordStock(line, -line.quantity, this.purchase.atMs);
  }

  cancel(): void {
    const atMs = this.purchase.atMs + this.scene.random.between(20 * MINUTE_MS, 8 * HOUR_MS);
    this.record('cancelled', atMs, { ...this.money(this.amounts), items: this.items(this.lines) });
    if (!this.test) for (const line of this.lines) this.recordStock(line, line.quantity, atMs);
  }

  fulfil(): void {
    const { random } = this.scene;
    this.record('fulfilled', this.purchase.atMs + random.between(14 * HOUR_MS, 2 * DAY_MS), this.money(this.amounts));
    if (!random.chance(REFUNDED)) return;
    const part = this.lines.length > 1 && random.chance(REFUNDED_IN_PART);
    const lines = part ? this.lines.slice(0, 1) : this.lines;
    const atMs = this.purchase.atMs + random.between(3 * DAY_MS, 12 * DAY_MS);
    const amounts = part ? shareOf(this.amounts, grossOf(lines)) : this.amounts;
    this.record('refunded', atMs, { ...this.money(amounts), items: this.items(lines) });
    if (!this.test) for (const line of lines) this.recordStock(line, line.quantity, atMs);
  }

  private record(status: string, atMs: number, details: Record<string, unknown>): void {
    const placed = status === 'placed';
    this.scene.record(atMs, {
      event_type: 'order',
      correlation_id: placed ? this.purchase.correlationId : this.scene.newId('req'),
      order_id: this.id,
      status,
      currency: this.currency,
      ...details,
      customer_id: this.purchase.customerId,
      ...(placed && { session_id: this.purchase.sessionId }),
      ...(this.test && { test: true }),
    });
  }

  /** `quantity` is the change here; `Stock` turns it into the level when the time has come. */
  private recordStock({ product }: Line, quantity: number, atMs: number): void {
    const { id, collection, name } = product;
    const correlationId = this.scene.newId('stock');
    this.scene.record(atMs + 1_000, {
      event_type: 'inventory',
      correlation_id: correlationId,
      product_id: id,
      quantity,
      collection,
      name,
    });
  }

  private money({ gross, discount, tax, shipping }: Amounts): Record<string, number> {
    const major = (minor: number): number => Number((minor / 10 ** this.decimals).toFixed(this.decimals));
    const total = gross - discount + tax + shipping;
    return { total: major(total), discount: major(discount), tax: major(tax), shipping: major(shipping) };
  }

  private items(lines: Line[]): Record<string, unknown>[] {
    return lines.map(({ product, quantity, unitPrice }) => ({
      product_id: product.id,
      name: product.name,
      collection: product.collection,
      quantity,
      unit_price: Number((unitPrice / 10 ** this.decimals).toFixed(this.decimals)),
    }));
  }
}

function linesOf(cart: Product[], decimals: number, random: Random): Line[] {
  const quantities = new Map<Product, number>();
  for (const product of cart) quantities.set(product, (quantities.get(product) ?? 0) + (random.chance(0.12) ? 2 : 1));
  return [...quantities].map(([product, quantity]) => ({
    product,
    quantity,
    unitPrice: Math.round(product.priceCents * 10 ** (decimals - 2)),
  }));
}

function amountsOf(lines: Line[], discountRate: number, decimals: number): Amounts {
  const gross = grossOf(lines);
  const discount = Math.round(gross * discountRate);
  const scale = 10 ** (decimals - 2);
  const shipping = gross - discount >= FREE_SHIPPING_FROM_CENTS * scale ? 0 : Math.round(SHIPPING_CENTS * scale);
  return { gross, discount, tax: Math.round((gross - discount) * TAX_RATE), shipping };
}

/** What goes back with some of the lines: their part of discount and tax, not the shipping. */
function shareOf(amounts: Amounts, gross: number): Amounts {
  const share = gross / amounts.gross;
  return { gross, discount: Math.round(amounts.discount * share), tax: Math.round(amounts.tax * share), shipping: 0 };
}

function grossOf(lines: Line[]): number {
  return lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
}

function drawRate(random: Random): number {
  return DISCOUNT_RATES[random.below(DISCOUNT_RATES.length)] as number;
}
