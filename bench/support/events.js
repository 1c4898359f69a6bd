import { createHash } from 'node:crypto';

const COLLECTIONS = ['black-rose', 'love-hurts', 'signature'];
const PROVIDERS = ['replicate', 'tripo', 'huggingface', 'gemini'];
const HOUR_MS = 3_600_000;

/**
 * A shop's hour of traffic: of 100 events 50 steps of visitors, 35 requests, 8 ML jobs, 5 orders of two lines and 2
 * errors. The same for the same seed.
 */
export function makeEvents(count, seed, endMs) {
  const random = randomFrom(seed);
  const pick = (values) => values[Math.floor(random() * values.length)];
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(endMs - Math.floor(random() * HOUR_MS)).toISOString();
    const common = {
      event_id: uuid(seed, index),
      occurred_at: time,
      correlation_id: `req-${uuid(seed, index + count)}`,
    };
    return eventOf(Math.floor(random() * 100), common, random, pick);
  });
}

function eventOf(percent, common, random, pick) {
  if (percent < 50) return visit(common, random, pick);
  if (percent < 85) return request(common, random, pick);
  if (percent < 93) return job(common, random, pick);
  return percent < 98 ? order(common, random, pick) : failure(common);
}

function visit(common, random, pick) {
  const product = Math.floor(random() * 500);
  return {
    event_type: 'storefront',
    ...common,
    name: pick(['page_view', 'product_view', 'add_to_cart']),
    session_id: `s-${Math.floor(random() * 1e6).toString(36)}`,
    product_id: `p${product}`,
    collection: pick(COLLECTIONS),
    page: `/products/${product}`,
    properties: { referrer: 'https://example.com/', device: pick(['mobile', 'desktop']) },
  };
}

function request(common, random, pick) {
  return {
    event_type: 'api_request',
    ...common,
    source: 'shop-api',
    method: pick(['GET', 'POST']),
    route: `/api/v1/resource${Math.floor(random() * 40)}/:id`,
    status_code: pick([200, 200, 200, 201, 404, 500]),
    duration_ms: Math.round(random() * 1e5) / 100,
    service: 'shop-api',
  };
}

function job(common, random, pick) {
  return {
    event_type: 'ml_job',
    ...common,
    pipeline: pick(['3d', 'descriptions']),
    provider: pick(PROVIDERS),
    model: 'stability/triposr',
    status: pick(['succeeded', 'succeeded', 'succeeded', 'failed']),
    duration_ms: Math.round(random() * 1e7) / 1000,
    cost_usd: Math.round(random() * 1e5) / 1e6,
    input_units: 550,
    output_units: 120,
  };
}

function order(common, random, pick) {
  return {
    event_type: 'order',
    ...common,
    order_id: `o${Math.floor(random() * 1e9)}`,
    status: 'placed',
    currency: 'USD',
    total: 120.5,
    discount: 5,
    tax: 10.25,
    shipping: 4.99,
    customer_id: `c${Math.floor(random() * 1e5)}`,
    session_id: `s-${Math.floor(random() * 1e6).toString(36)}`,
    items: [
      { product_id: 'p1', name: 'Hoodie', collection: pick(COLLECTIONS), quantity: 1, unit_price: 80 },
      { product_id: 'p2', name: 'Tee', collection: pick(COLLECTIONS), quantity: 2, unit_price: 20.25 },
    ],
  };
}

function failure(common) {
  const message = "Cannot read properties of undefined (reading 'price')";
  return { event_type: 'error', ...common, name: 'TypeError', message, service: 'web', severity: 'error' };
}

function uuid(seed, index) {
  const hex = createHash('md5').update(`${seed} ${index}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** mulberry32 */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
