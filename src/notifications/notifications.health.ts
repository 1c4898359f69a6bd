import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { AppConfig } from '../platform/config/index.js';
import { ComponentHealth, type ComponentState } from '../platform/probes/index.js';
import type { Channel } from './domain/channel.js';
import { addressesOf, OPERATORS, type Installation } from './domain/routing.js';
import { installationOf } from './installation.js';
import { LatenessRepository, type ChannelTally } from './store/lateness.repository.js';
import { PreferenceRepository } from './store/preference.repository.js';

const WINDOW_MINUTES = 15;
const OUTSIDE = ['email', 'slack', 'sms'] as const satisfies readonly Channel[];

/** Shows in `/health/overview` whether notices reach people outside of the admin pages. */
@Injectable()
export class NotificationsHealth implements OnModuleInit {
  private readonly installation: Installation;

  constructor(
    private readonly lateness: LatenessRepository,
    private readonly preferences: PreferenceRepository,
    private readonly health: ComponentHealth,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.installation = installationOf(config.notifications);
  }

  onModuleInit(): void {
    this.health.register({ name: 'notifications', check: () => this.check() });
  }

  private async check(): Promise<ComponentState> {
    const now = this.clock.now();
    const since = new Date(now.getTime() - WINDOW_MINUTES * 60_000);
    const [tally, mute] = await Promise.all([this.lateness.tally(since, now), this.muteChannels()]);
    const silent = mute.length === 0 ? '' : ` ${mute.join(' ')}`;
    if (mute.length === OUTSIDE.length) return { status: 'off', detail: `Only the inbox is told.${silent}` };
    return { status: statusOf(tally), detail: `In ${WINDOW_MINUTES} min: ${detailOf(tally)}.${silent}` };
  }

  /** A sentence for each channel that cannot reach anybody. */
  private async muteChannels(): Promise<string[]> {
    const saved = [...(await this.preferences.all())].filter(([, { enabled }]) => enabled);
    return OUTSIDE.flatMap((channel) => {
      if (!this.installation.working.has(channel)) return [`${channel} is not configured.`];
      const where = { channel, installation: this.installation };
      const reachesSomebody =
        addressesOf(OPERATORS, undefined, where).length > 0 ||
        saved.some(([owner, preferences]) => addressesOf(owner, preferences, where).length > 0);
      if (reachesSomebody) return [];
      return [channel === 'slack' ? 'slack is not configured.' : `${channel} has no recipient.`];
    });
  }
}

function statusOf(tally: readonly ChannelTally[]): ComponentState['status'] {
  const outside = tally.filter(({ channel }) => channel !== 'in_app');
  if (outside.every(({ failed, overdue }) => failed + overdue === 0)) return 'healthy';
  return outside.some(({ sent }) => sent > 0) ? 'degraded' : 'down';
}

function detailOf(tally: readonly ChannelTally[]): string {
  const parts = tally
    .filter(({ sent, failed, overdue, retried }) => sent + failed + overdue + retried > 0)
    .map(({ channel, sent, failed, overdue, retried }) => {
      const counts = `${channel} ${sent} sent, ${failed} failed, ${overdue} late`;
      return retried === 0 ? counts : `${counts}, ${retried} being retried`;
    });
  return parts.length === 0 ? 'nothing to send' : parts.join('; ');
}
