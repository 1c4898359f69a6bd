import type { Connection, PoolClient, Submittable } from 'pg';

const COPY_DATA = 0x64; // 'd'
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]); // 'c' and the length of a message without content
const HEADER_BYTES = 5;
/** Small pieces share a message; a large message would have to arrive whole before the database starts on it. */
const MESSAGE_BYTES = 64 * 1024;

/**
 * Runs statements that end in one `COPY … FROM STDIN`, and the data for it, in a single round trip: the data follows
 * the query without waiting for the database to ask for it. Without a BEGIN the statements are one transaction. If a
 * statement before the COPY fails, the database ignores the data that is on its way (PostgreSQL protocol, 54.2.6).
 */
export async function copyIn(client: PoolClient, sql: string, data: readonly Buffer[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.query(new CopyInQuery(sql, data, (error) => (error ? reject(error) : resolve())));
  });
}

class CopyInQuery implements Submittable {
  /** Wrapped by the client where a query timeout is configured. */
  callback: (error?: Error) => void;

  constructor(
    private readonly sql: string,
    private readonly data: readonly Buffer[],
    done: (error?: Error) => void,
  ) {
    this.callback = done;
  }

  submit(connection: Connection): void {
    const { stream } = connection;
    stream.cork();
    connection.query(this.sql);
    for (const message of messages(this.data)) {
      stream.write(header(message));
      for (const piece of message) stream.write(piece);
    }
    stream.write(COPY_DONE);
    stream.uncork();
  }

  handleReadyForQuery(): void {
    this.callback();
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleCopyInResponse(): void {
    // The data is on its way already.
  }

  handleCommandComplete(): void {
    // Of no interest: COPY counts what it was sent.
  }

  handleEmptyQuery(): void {
    // No statement of ours is empty.
  }

  handleRowDescription(): void {
    // Statements before the COPY may return rows; nobody reads them.
  }

  handleDataRow(): void {
    // See above.
  }
}

function messages(data: readonly Buffer[]): Buffer[][] {
  const all: Buffer[][] = [];
  let bytes = MESSAGE_BYTES;
  for (const piece of data) {
    if (bytes >= MESSAGE_BYTES) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)!.push(piece);
    bytes += piece.length;
  }
  return all;
}

function header(message: readonly Buffer[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES);
  buffer[0] = COPY_DATA;
  const bytes = message.reduce((sum, piece) => sum + piece.length, 0);
  buffer.writeInt32BE(bytes + HEADER_BYTES - 1, 1);
  return buffer;
}
