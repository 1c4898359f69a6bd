import type { Product } from './assortment.js';
import { drawCustomer, recordRequest, ROUTES, type Route } from './api-traffic.js';
import { placeOrder } from './orders.js';
import type { Scene } from './scene.js';

/** What share of visitors goes on at each step; together about 3 of 100 visits end in an order. */
const LOOKS_AT_PRODUCTS = 0.64;
const LOOKS_AT_ANOTHER = 0.52;
const PUTS_INTO_CART = 0.11;
const CHECKS_OUT = 0.5;
const ORDERS = 0.58;
const KNOWN_VISITOR = 0.3;
/** Who meets an error mostly leaves. */
const STAYS_AFTER_FAILURE = 0.35;
const THINKING_MS = 24_000;

/** One visitor's way through the shop, as far as it goes. */
export class Visit {
  private atMs: number;
  private readonly sessionId: string;
  private readonly customerId: string | undefined;
  private readonly cart: Product[] = [];

  constructor(private readonly scene: Scene) {
    this.atMs = scene.moment();
    this.sessionId = scene.newId('s');
    this.customerId = scene.random.chance(KNOWN_VISITOR) ? drawCustomer(scene.random) : undefined;
  }

  draw(): void {
    const { random } = this.scene;
    if (!this.enter()) return;
    if (!random.chance(LOOKS_AT_PRODUCTS)) return;
    do {
      if (!this.lookAt(this.scene.shop.draw(random))) return;
    } while (random.chance(LOOKS_AT_ANOTHER));
    if (this.cart.length === 0 || !random.chance(CHECKS_OUT)) return;
    if (!this.step('checkout_started', ROUTES.checkout, { page: '/checkout' })) return;
    if (random.chance(ORDERS)) this.order();
  }

  private enter(): boolean {
    const { random, shop } = this.scene;
    if (random.chance(0.55)) return this.step('page_view', ROUTES.home, { page: '/' });
    const { collection } = shop.draw(random);
    return this.step('page_view', ROUTES.collection, { page: `/collections/${collection}`, collection });
  }

  private lookAt(product: Product): boolean {
    const seen = { product_id: product.id, collection: product.collection };
    if (!this.step('product_view', ROUTES.product, { ...seen, page: `/products/${product.id}` })) return false;
    if (!this.scene.random.chance(PUTS_INTO_CART)) return true;
    if (!this.step('add_to_cart', ROUTES.addToCart, seen)) return false;
    this.cart.push(product);
    return true;
  }

  private order(): void {
    const correlationId = this.think();
    if (!recordRequest(this.scene, ROUTES.order, { atMs: this.atMs, correlationId })) return;
    const buyer = { sessionId: this.sessionId, customerId: this.customerId ?? drawCustomer(this.scene.random) };
    placeOrder(this.scene, { ...buyer, cart: this.cart, atMs: this.atMs, correlationId });
  }

  /** Records a step and the request behind it; answers whether the visitor goes on. */
  private step(name: string, route: Route, details: Record<string, unknown>): boolean {
    const correlationId = this.think();
    const answered = recordRequest(this.scene, route, { atMs: this.atMs, correlationId });
    this.scene.record(this.atMs, {
      event_type: 'storefront',
      correlation_id: correlationId,
      session_id: this.sessionId,
      ...(this.customerId && { user_id: this.customerId }),
      name,
      ...details,
    });
    return answered || this.scene.random.chance(STAYS_AFTER_FAILURE);
  }

  private think(): string {
    this.atMs += this.scene.random.around(THINKING_MS, 0.8);
    return this.scene.newId('req');
  }
}
