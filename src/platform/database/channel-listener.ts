import pg from 'pg';
import { BackgroundLoop } from '../background/index.js';
import type { Logger } from '../logging/index.js';

/** From one attempt to connect to the next. */
const RECONNECT_MS = 1_000;

export interface ListenerOptions {
  readonly url: string;
  /** A name of our own; it goes into the statement as it is. */
  readonly channel: string;
  readonly log: Logger;
  /** Called for every notice, and after every gap: what was said meanwhile was not heard. */
  readonly onNotice: () => void;
}

/** Hears what is NOTIFYed on a channel of the database, on a connection of its own that is opened anew when it is lost. */
export class ChannelListener {
  private hears = false;
  private readonly loop: BackgroundLoop;

  constructor(private readonly options: ListenerOptions) {
    this.loop = new BackgroundLoop(RECONNECT_MS, (signal) => this.turn(signal));
  }

  /** False: notices may be missed. */
  get isHearing(): boolean {
    return this.hears;
  }

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async turn(signal: AbortSignal): Promise<void> {
    try {
      await this.hearUntilLost(signal);
    } catch (err) {
      this.options.log.debug('Could not listen to the database.', { err, channel: this.options.channel });
    } finally {
      this.hears = false;
    }
  }

  private async hearUntilLost(signal: AbortSignal): Promise<void> {
    const { url, channel, onNotice } = this.options;
    const client = new pg.Client({
      connectionString: url,
      application_name: 'analytics listener',
      connectionTimeoutMillis: 2_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    const ended = new AbortController();
    const lost = new Promise<void>((resolve) => {
      const lose = (): void => {
        this.hears = false;
        resolve();
      };
      // Each time: a server that goes may say so more than once, and an error that nobody hears ends the process.
      client.on('error', lose).on('end', lose);
      signal.addEventListener('abort', lose, { signal: ended.signal });
    });
    try {
      await client.connect();
      client.on('notification', onNotice);
      await client.query(`LISTEN ${channel}`);
      this.hears = true;
      onNotice();
      await lost;
    } finally {
      ended.abort();
      await client.end();
    }
  }
}
