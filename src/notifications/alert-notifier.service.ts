import { Injectable } from '@nestjs/common';
import { newEventId } from '../events/index.js';
import { Clock } from '../platform/clock/index.js';
import { AppConfig } from '../platform/config/index.js';
import type { Channel, Severity } from './domain/channel.js';
import { laneOf } from './domain/lane.js';
import type { AlertNotice, NoticePlan, PlannedDelivery, SkipReason } from './domain/notice.js';
import { teamOwner, userOwner, type Owner, type Preferences } from './domain/preferences.js';
import { routesOf, type Recipient, type Route, type RoutedNotice } from './domain/routing.js';
import { quietUntil } from './domain/quiet-hours.js';
import { installationOf } from './installation.js';
import { DeliveryDispatcher } from './delivery/delivery-dispatcher.js';
import { OutboxRepository, type NewDelivery, type NewNotice } from './store/outbox.repository.js';
import { PreferenceRepository } from './store/preference.repository.js';
import type { TransactionHandle } from './store/transaction.js';

/** The way from an alert to people: plans deliveries in the alert's transaction, and wakes them after its commit. */
@Injectable()
export class AlertNotifier {
  private readonly installation;

  constructor(
    private readonly outbox: OutboxRepository,
    private readonly preferences: PreferenceRepository,
    private readonly dispatcher: DeliveryDispatcher,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.installation = installationOf(config.notifications);
  }

  /**
   * Decides who is told over which channel, and writes that to the outbox in the caller's transaction. Planning the same
   * transition and kind again changes nothing and answers the same.
   */
  async plan(tx: TransactionHandle, notice: AlertNotice): Promise<NoticePlan> {
    const now = this.clock.now();
    const { id, isNew } = await this.outbox.addNotice(tx, toNewNotice(notice, now));
    if (!isNew) return planned(await this.outbox.deliveriesOf(tx, id));
    const saved = await this.preferences.all(tx);
    const routes =
      notice.kind === 'resolved'
        ? await this.routesAfterFiring(tx, notice, saved)
        : routesOf(toRouted(notice), saved, { installation: this.installation, now });
    await this.outbox.addDeliveries(
      tx,
      id,
      routes.map((route) => toDelivery(route, notice.severity, now)),
    );
    return planned(routes.map(toPlanned));
  }

  /**
   * To be called after the commit of what was planned: it leaves at once. Never rejects; whatever goes wrong here, the
   * sweeper makes up for within seconds.
   */
  async wake(): Promise<void> {
    await this.dispatcher.wake();
  }

  /** A resolved notice goes where the firing one went; by SMS only to people who want SMS for mere information. */
  private async routesAfterFiring(
    tx: TransactionHandle,
    notice: AlertNotice,
    saved: ReadonlyMap<Owner, Preferences>,
  ): Promise<Route[]> {
    if (notice.alertId === null) return [];
    const now = this.clock.now();
    const destinations = await this.outbox.destinationsOf(tx, notice.alertId);
    return destinations
      .filter(({ channel, recipients }) => channel !== 'sms' || recipients.some((who) => wantsSms(who, saved)))
      .map((destination) => ({
        ...destination,
        recipients: destination.recipients as Recipient[],
        skipped: notice.suppressed,
        heldUntil: notice.severity === 'critical' ? undefined : heldUntil(destination.recipients, saved, now),
      }));
  }
}

function wantsSms(recipient: string, saved: ReadonlyMap<Owner, Preferences>): boolean {
  return saved.get(recipient as Owner)?.channels.info?.includes('sms') === true;
}

/** Only while everybody who reads the address has quiet hours. */
function heldUntil(recipients: readonly string[], saved: ReadonlyMap<Owner, Preferences>, now: Date): Date | undefined {
  const ends = recipients.map((recipient) => {
    const quiet = saved.get(recipient as Owner)?.quietHours;
    return quiet ? quietUntil(quiet, now)?.getTime() : undefined;
  });
  const times = ends.filter((end) => end !== undefined);
  return times.length < ends.length || times.length === 0 ? undefined : new Date(Math.min(...times));
}

function toNewNotice(notice: AlertNotice, now: Date): NewNotice {
  const { alertId, transitionId, kind, severity, detectedAt, correlationId, suppressed: _, ...content } = notice;
  return {
    id: newEventId(now.getTime()),
    alertId,
    transitionId,
    kind,
    severity,
    detectedAt,
    correlationId,
    content: { alertId, kind, severity, ...content },
  };
}

function toRouted(notice: AlertNotice): RoutedNotice {
  const { recipients, channels } = notice.config;
  const owners = recipients && [...recipients.users.map(userOwner), ...recipients.teams.map(teamOwner)];
  return {
    severity: notice.severity,
    metric: notice.metric,
    channels,
    recipients: owners,
    suppressed: notice.suppressed,
  };
}

function toDelivery(route: Route, severity: Severity, now: Date): NewDelivery {
  return {
    ...route,
    id: newEventId(now.getTime()),
    severity,
    lane: laneOf(route.channel, severity),
    dueAt: route.heldUntil ?? now,
  };
}

function toPlanned({ channel, target, skipped }: Route): PlannedDelivery {
  return { channel, target, status: skipped === undefined ? 'pending' : 'skipped', reason: skipped };
}

function planned(deliveries: readonly { channel: Channel; target: string; status: string; reason?: string | null }[]) {
  const known = deliveries.map(({ channel, target, status, reason }): PlannedDelivery => {
    if (status !== 'skipped') return { channel, target, status: 'pending' };
    return { channel, target, status, reason: (reason ?? undefined) as SkipReason | undefined };
  });
  return { anySent: known.some(({ status }) => status !== 'skipped'), deliveries: known };
}
