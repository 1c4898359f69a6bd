import { Choice, type Random } from './random.js';

export interface Product {
  id: string;
  name: string;
  collection: string;
  /** In hundredths of the shop's currency. */
  priceCents: number;
  /** Share of all visits to products. */
  popularity: number;
}

const ARTICLES: { name: string; priceCents: number; popularity: number }[] = [
  { name: 'T-Shirt', priceCents: 4_500, popularity: 10 },
  { name: 'Hoodie', priceCents: 9_500, popularity: 8 },
  { name: 'Crewneck', priceCents: 8_500, popularity: 5 },
  { name: 'Joggers', priceCents: 7_900, popularity: 5 },
  { name: 'Bomber Jacket', priceCents: 24_900, popularity: 3 },
  { name: 'Beanie', priceCents: 2_900, popularity: 4 },
  { name: 'Tote Bag', priceCents: 3_500, popularity: 2 },
  { name: 'Leather Belt', priceCents: 6_500, popularity: 1 },
];

/** The same few articles in each collection; the first collections sell best. */
export function makeAssortment(collections: readonly string[]): Product[] {
  const products = collections.flatMap((collection, rank) =>
    ARTICLES.map((article, index) => ({
      id: `${collection}-${String(index + 1).padStart(2, '0')}`,
      name: `${titleOf(collection)} ${article.name}`,
      collection,
      priceCents: article.priceCents + rank * 500,
      popularity: article.popularity / (rank + 1) ** 0.6,
    })),
  );
  const total = products.reduce((sum, product) => sum + product.popularity, 0);
  return products.map((product) => ({ ...product, popularity: product.popularity / total }));
}

function titleOf(slug: string): string {
  return slug.replace(/(^|-)(\w)/g, (_, dash: string, letter: string) => (dash ? ' ' : '') + letter.toUpperCase());
}

/** Draws products as visitors do. */
export class ShopWindow {
  private readonly choice: Choice<Product>;

  constructor(readonly products: readonly Product[]) {
    this.choice = new Choice(products, (product) => product.popularity);
  }

  draw(random: Random): Product {
    return this.choice.draw(random);
  }
}
