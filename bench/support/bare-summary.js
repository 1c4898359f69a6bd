// A route that sends bytes it was given, and nothing else.
import { fastify } from 'fastify';

process.once('message', async (body) => {
  const server = fastify();
  server.get('/summary', (_request, reply) => reply.type('application/json; charset=utf-8').send(body));
  process.send(await server.listen({ port: 0, host: '127.0.0.1' }));
});
