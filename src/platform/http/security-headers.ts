import helmet from '@fastify/helmet';
import { fastify } from 'fastify';

/**
 * The security headers, made once by helmet: its plugin builds the same ones anew for every request, which costs more
 * than reading a small one. The content policy lets Swagger UI work and nothing else in.
 * @param overHttps whether browsers reach the service over https
 */
export async function createSecurityHeaders(overHttps: boolean): Promise<Readonly<Record<string, string>>> {
  const probe = fastify();
  await probe.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        'default-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'frame-ancestors': ["'none'"],
        // On plain http it would send the browser to a port that speaks no TLS.
        'upgrade-insecure-requests': overHttps ? [] : null,
      },
    },
    strictTransportSecurity: overHttps,
    xFrameOptions: { action: 'deny' },
  });
  probe.get('/', (_request, reply) => reply.code(204).send());
  const { headers } = await probe.inject('/');
  await probe.close();
  const { date: _date, connection: _connection, ...securityHeaders } = headers;
  return Object.fromEntries(Object.entries(securityHeaders).map(([name, value]) => [name, String(value)]));
}
