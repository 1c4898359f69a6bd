import type { Product } from './assortment.js';
import type { Scene } from './scene.js';
import type { DraftEvent } from './timeline.js';

const DAYS_BETWEEN_DELIVERIES = 7;
const DELIVERY_HOUR = 5;
const HOURS_IN_DAY = 24;
/** A delivery fills the shelf for this many average weeks. */
const WEEKS_OF_STOCK = 1.6;

interface Shelf {
  product: Product;
  full: number;
  level: number;
}

/** The shelves of the shop: sales take from them, a weekly delivery (of each product on its own weekday) fills them. */
export class Stock {
  private readonly shelves = new Map<string, Shelf>();
  private readonly inOrder: Shelf[];

  /** @param unitsPerDay sold on an average day, of all products together */
  constructor(products: readonly Product[], unitsPerDay: number, firstHour: number) {
    this.inOrder = products.map((product, index) => {
      const full = Math.max(8, Math.ceil(product.popularity * unitsPerDay * DAYS_BETWEEN_DELIVERIES * WEEKS_OF_STOCK));
      // Begins as after the days since its last delivery, so that the first week looks like any other.
      const share = 1 - daysSinceDelivery(index, firstHour) / DAYS_BETWEEN_DELIVERIES / WEEKS_OF_STOCK;
      return { product, full, level: Math.round(full * share) };
    });
    for (const shelf of this.inOrder) this.shelves.set(shelf.product.id, shelf);
  }

  /** Records the deliveries that come in this hour. */
  deliver(scene: Scene, hour: number): void {
    if (hour % HOURS_IN_DAY !== DELIVERY_HOUR) return;
    const due = this.inOrder.filter((_, index) => daysSinceDelivery(index, hour) === 0);
    for (const { product } of due) {
      scene.record(scene.moment(), {
        event_type: 'inventory',
        correlation_id: scene.newId('stock'),
        product_id: product.id,
        quantity: 0,
        delivery: true,
        collection: product.collection,
        name: product.name,
      });
    }
  }

  /** Turns the changes that inventory events carry into levels; to be called in the order of time. */
  settle(event: DraftEvent): void {
    const { product_id: productId, quantity, delivery, ...rest } = event.fields;
    const shelf = this.shelves.get(productId as string);
    if (!shelf) return;
    shelf.level = delivery === true ? shelf.full : Math.max(0, shelf.level + (quantity as number));
    event.fields = { ...rest, product_id: productId, quantity: shelf.level };
  }
}

function daysSinceDelivery(index: number, hour: number): number {
  return (Math.floor(hour / HOURS_IN_DAY) + index) % DAYS_BETWEEN_DELIVERIES;
}
