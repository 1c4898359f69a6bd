// Sends an order, reads the week's sales, and is refused once. ANALYTICS_URL and ANALYTICS_TOKEN (an admin's) say where.
import { randomUUID } from 'node:crypto';
import { AnalyticsError, createAnalyticsClient, unwrap } from 'admin-analytics-client';

const client = createAnalyticsClient({
  baseUrl: process.env.ANALYTICS_URL ?? 'http://127.0.0.1:3000',
  token: process.env.ANALYTICS_TOKEN ?? '',
});

const sent = await unwrap(
  client.POST('/api/v1/analytics/events', {
    body: {
      events: [
        {
          event_type: 'order',
          event_id: randomUUID(),
          occurred_at: new Date().toISOString(),
          order_id: '4711',
          status: 'placed',
          currency: 'USD',
          total: 120,
          items: [{ product_id: 'thorn-hoodie', collection: 'black-rose', quantity: 1, unit_price: 120 }],
        },
      ],
    },
  }),
);
console.log(`accepted: ${sent.accepted}`);

const week = await unwrap(
  client.GET('/api/v1/analytics/business/overview', { params: { query: { range: '7d', compare: 'previous_period' } } }),
);
console.log(`net sales: ${week.net_sales} ${week.currency} from ${week.orders} orders`);

try {
  await unwrap(client.GET('/api/v1/analytics/business/overview', { params: { query: { currency: 'GOLD' } } }));
} catch (error) {
  if (!(error instanceof AnalyticsError)) throw error;
  console.log(`refused: ${error.message}`);
}
