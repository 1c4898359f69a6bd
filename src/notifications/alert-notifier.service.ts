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
import { FutureDueTimeRepository } from './store/future-due-time.repository.js';
import { OutboxRepository, type Destination, type NewDelivery, type NewNotice } from './store/outbox.repository.js';
import { PreferenceRepository } from './store/preference.repository.js';
import type { TransactionHandle } from './store/transaction.js';

/** Notices that are written together: with hundreds of recipients each, what is in memory at once stays small. */
const PLANNED_AT_ONCE = 100;

/** The way from an alert to people: plans deliveries in the alert's transaction, and wakes them after its commit. */
@Injectable()
export class AlertNotifier {
  private readonly installation;

  constructor(
    private readonly outbox: OutboxRepository,
    private readonly preferences: PreferenceRepository,
    private readonly dispatcher: DeliveryDispatcher,
    private readonly futureTimes: FutureDueTimeRepository,
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
    const [plan] = await this.planAll(tx, [notice]);
    return plan!;
  }

  /** Like `plan` for each of them, with few statements. No two of them may be about the same alert. */
  async planAll(tx: TransactionHandle, notices: readonly AlertNotice[]): Promise<NoticePlan[]> {
    const plans: NoticePlan[] = [];
    const saved = notices.length === 0 ? new Map<Owner, Preferences>() : await this.preferences.all(tx);
    for (let start = 0; start < notices.length; start += PLANNED_AT_ONCE) {
      plans.push(...(await this.planSome(tx, notices.slice(start, start + PLANNED_AT_ONCE), saved)));
    }
    return plans;
  }

  /**
   * To be called after the commit of what was planned: it leaves at once. Never rejects; whatever goes wrong here, the
   * sweeper makes up for within seconds.
   */
  async wake(): Promise<void> {
    await this.dispatcher.wake();
  }

  /** Lets deliveries go on that wait for instants which a clock wrote that was ahead. */
  async takeBackFuture(tx: TransactionHandle, now: Date): Promise<void> {
    await this.futureTimes.moveTo(tx, now);
  }

  private async planSome(
    tx: TransactionHandle,
    notices: readonly AlertNotice[],
    saved: ReadonlyMap<Owner, Preferences>,
  ): Promise<NoticePlan[]> {
    const now = this.clock.now();
    const added = await this.outbox.addNotices(
      tx,
      notices.map((notice) => toNewNotice(notice, now)),
    );
    const destinations = await this.destinationsOf(tx, notices);
    const routes = notices.map((notice, index) => {
      if (added[index]?.isNew !== true) return undefined;
      if (notice.kind === 'resolved') return routesAfterFiring(notice, destinations, { saved, now });
      return routesOf(toRouted(notice), saved, { installation: this.installation, now });
    });
    await this.outbox.addDeliveries(
      tx,
      notices.flatMap(({ severity }, index) =>
        (routes[index] ?? []).map((route) => toDelivery(route, { noticeId: added[index]!.id, severity, now })),
      ),
    );
    const plans: NoticePlan[] = [];
    for (const [index, { id }] of added.entries()) {
      const own = routes[index];
      plans.push(planned(own ? own.map(toPlanned) : await this.outbox.deliveriesOf(tx, id)));
    }
    return plans;
  }

  private async destinationsOf(tx: TransactionHandle, notices: readonly AlertNotice[]): Promise<Destination[]> {
    const resolved = notices.flatMap(({ kind, alertId }) => (kind === 'resolved' && alertId !== null ? [alertId] : []));
    return resolved.length === 0 ? [] : this.outbox.destinationsOf(tx, resolved);
  }
}

/** A resolved notice goes where the firing one went; by SMS only to people who want SMS for mere information. */
function routesAfterFiring(
  notice: AlertNotice,
  destinations: readonly Destination[],
  { saved, now }: { readonly saved: ReadonlyMap<Owner, Preferences>; readonly now: Date },
): Route[] {
  return destinations
    .filter(({ alertId }) => alertId === notice.alertId)
    .filter(({ channel, recipients }) => channel !== 'sms' || recipients.some((who) => wantsSms(who, saved)))
    .map(({ channel, address, target, recipients }) => ({
      ...{ channel, address, target },
      recipients: recipients as Recipient[],
      skipped: notice.suppressed ?? (recipients.every((who) => isDisabled(who, saved)) ? 'preferences' : undefined),
      heldUntil: notice.severity === 'critical' ? undefined : heldUntil(recipients, saved, now),
    }));
}

function isDisabled(recipient: string, saved: ReadonlyMap<Owner, Preferences>): boolean {
  return saved.get(recipient as Owner)?.enabled === false;
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
  const { alertId, transitionId, kind, severity, detectedAt, correlationId, suppressed: _, config, ...facts } = notice;
  const { recipients: _recipients, ...told } = config;
  return {
    id: newEventId(now.getTime()),
    alertId,
    transitionId,
    kind,
    severity,
    detectedAt,
    correlationId,
    // Without the recipients: the deliveries name them, and a digest reads the content of a thousand notices.
    content: { alertId, kind, severity, config: told, ...facts },
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

function toDelivery(
  route: Route,
  { noticeId, severity, now }: { readonly noticeId: string; readonly severity: Severity; readonly now: Date },
): NewDelivery {
  return {
    ...route,
    id: newEventId(now.getTime()),
    noticeId,
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
