import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../platform/config/index.js';
import { ChannelListener, DATABASE_HANDLE, type DatabaseHandle } from '../platform/database/index.js';
import { Logger } from '../platform/logging/index.js';
import { AlertChanges } from './alert-changes.js';

/** What `EpisodeRepository.announce` says in its transactions. */
const CHANNEL = 'alerts_changed';

/** Brings the changes that other processes made. A worker answers nobody, so it does not listen. */
@Injectable()
export class AlertChangeFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly listener: ChannelListener;

  constructor(
    @Inject(DATABASE_HANDLE) { url }: DatabaseHandle,
    changes: AlertChanges,
    log: Logger,
    private readonly config: AppConfig,
  ) {
    const onNotice = (): void => changes.tell();
    this.listener = new ChannelListener({ url, channel: CHANNEL, log: log.child('alerts'), onNotice });
    changes.fedBy(() => this.listener.isHearing);
  }

  onApplicationBootstrap(): void {
    if (this.config.role !== 'worker') this.listener.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.listener.stop();
  }
}
