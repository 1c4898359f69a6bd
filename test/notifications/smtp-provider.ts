import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly at: number;
  readonly to: readonly string[];
  /** As it went over the wire, headers first. */
  readonly raw: string;
}

/** How a mail ends: nothing for accepted, an SMTP code, or silence. */
export type MailFate = 'accepted' | 'hang' | number;

/** A mail server that keeps what it got, and whose answers a test decides. */
export class SmtpProvider {
  readonly received: ReceivedMail[] = [];
  /** Used up one by one, before `usual`. */
  readonly next: MailFate[] = [];
  usual: MailFate = 'accepted';
  /** How long it takes over a mail that it accepts. */
  acceptMs = 0;
  /** Set: every recipient is refused with this code and text. */
  refusal: { readonly code: number; readonly text: string } | undefined;
  private port = 0;
  private server: SMTPServer;

  constructor(private readonly options: { readonly secure?: boolean } = {}) {
    this.server = this.create();
  }

  get url(): string {
    return `${this.options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    this.server = this.create();
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }

  private create(): SMTPServer {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      // With `secure` it shows the certificate that the package brings, which nobody has signed.
      ...(this.options.secure && { secure: true, logger: false }),
      closeTimeout: 100,
      onRcptTo: (_address, _session, callback) => {
        const { refusal } = this;
        callback(refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.received.push({ at: Date.now(), to, raw: Buffer.concat(chunks).toString() });
          const fate = this.next.shift() ?? this.usual;
          if (fate === 'accepted') setTimeout(callback, this.acceptMs);
          else if (fate !== 'hang') callback(Object.assign(new Error('No.'), { responseCode: fate }));
        });
      },
    });
    // A client that hangs up, or refuses the certificate, is what some tests are about.
    server.on('error', () => undefined);
    return server;
  }
}
