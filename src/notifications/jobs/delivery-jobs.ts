import { defineJob, type JobDefinition } from '../../platform/queues/index.js';
import type { Channel } from '../domain/channel.js';

/** All that a job knows: everything else is in the database. */
export interface DeliveryJob {
  readonly deliveryId: string;
}

/** One attempt to send one delivery. How sending is retried is up to the delivery; a job is retried when the database is away. */
export const DELIVER: Readonly<Record<Channel, JobDefinition<DeliveryJob>>> = {
  in_app: defineJob<DeliveryJob>({ name: 'deliver', queue: 'notify-in-app' }),
  email: defineJob<DeliveryJob>({ name: 'deliver', queue: 'notify-email' }),
  slack: defineJob<DeliveryJob>({ name: 'deliver', queue: 'notify-slack' }),
  sms: defineJob<DeliveryJob>({ name: 'deliver', queue: 'notify-sms' }),
};
