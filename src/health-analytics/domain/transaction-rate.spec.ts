import { TransactionRate } from './transaction-rate.js';

it('is what was counted over the observed seconds, of the last five minutes', () => {
  const rate = new TransactionRate();
  expect(rate.perSecond()).toBeNull();
  rate.add(0, 1_000);
  rate.add(500, 1_100);
  expect(rate.perSecond()).toBeNull();
  rate.add(10_000, 1_500);
  expect(rate.perSecond()).toBe(50);
  rate.add(310_000, 4_500);
  expect(rate.perSecond()).toBe(10);
});

it('begins anew when the counter fell', () => {
  const rate = new TransactionRate();
  rate.add(0, 1_000);
  rate.add(10_000, 5);
  expect(rate.perSecond()).toBeNull();
  rate.add(20_000, 25);
  expect(rate.perSecond()).toBe(2);
});
