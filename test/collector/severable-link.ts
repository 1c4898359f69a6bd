import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire to the database that can end as a server's shutdown ends it, or freeze as a server that was stopped does. */
export class SeverableLink {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private isFrozen = false;
  private isDown = false;

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
  ) {}

  static async to(databaseUrl: string): Promise<SeverableLink> {
    const server = createServer();
    const link = new SeverableLink(new URL(databaseUrl), server);
    server.on('connection', (socket) => link.pass(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** What clients see of `pg_ctl stop -m fast`: connections are terminated, and new ones refused. */
  shutDown(): void {
    this.isDown = true;
    for (const [client, server] of this.pairs) {
      client.end(fatal('57P01', 'terminating connection due to administrator command'));
      server.destroy();
    }
  }

  /** Connections stay, and new ones are taken, yet nothing passes any more. */
  freeze(): void {
    this.isFrozen = true;
    for (const [client, server] of this.pairs) {
      client.pause();
      server.pause();
    }
  }

  restore(): void {
    this.isDown = this.isFrozen = false;
    for (const [client, server] of this.pairs) {
      client.resume();
      server.resume();
    }
  }

  async close(): Promise<void> {
    this.shutDown();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(client: Socket): void {
    if (this.isDown) {
      client.once('data', () => client.end(fatal('57P03', 'the database system is shutting down')));
      return;
    }
    const server = connect({ host: this.target.hostname, port: Number(this.target.port || 5432) });
    const pair = [client, server] as const;
    this.pairs.add(pair);
    this.join(client, server, pair);
    this.join(server, client, pair);
    if (this.isFrozen) pair.forEach((end) => end.pause());
  }

  private join(from: Socket, to: Socket, pair: readonly [Socket, Socket]): void {
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.pairs.delete(pair);
      to.end();
    });
  }
}

/** An ErrorResponse of the PostgreSQL protocol. */
function fatal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const header = Buffer.alloc(5);
  header.write('E');
  header.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([header, fields]);
}
