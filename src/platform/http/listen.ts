import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpConfig } from '../config/index.js';
import { DomainError } from '../errors/index.js';

export class ListenError extends DomainError {
  readonly code = 'cannot-listen';
}

const REASONS: Readonly<Record<string, (where: string) => string>> = {
  EADDRINUSE: (where) =>
    `${where} is in use. Set PORT to another one (0 picks a free one), or stop what listens there.`,
  EACCES: (where) => `${where} may not be used by this user. Set PORT to one above 1023.`,
  EADDRNOTAVAIL: (where) => `${where} is not an address of this machine. Set HOST to one that is, e.g. 0.0.0.0.`,
  ENOTFOUND: (where) => `${where} has no address. Set HOST to a name or address of this machine.`,
};

/**
 * Starts answering requests.
 * @returns the URL under which it does
 * @throws ListenError when the address cannot be had
 */
export async function listen(app: NestFastifyApplication, { host, port }: HttpConfig): Promise<string> {
  await app.init();
  const server = app.getHttpAdapter().getInstance();
  await server.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    const reason = REASONS[error.code ?? ''];
    throw reason ? new ListenError(`${reason(`Port ${port} of ${host}`)}`, { cause: error }) : error;
  });
  const address = server.server.address();
  return urlOf(host, typeof address === 'object' && address ? address.port : port);
}

/** An address that means "every interface" is reached on this machine by its loopback name. */
function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
