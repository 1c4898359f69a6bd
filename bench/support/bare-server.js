// What a single event costs where nothing is done with it: reads JSON, answers as if it had been stored.
import { fastify } from 'fastify';

const server = fastify();
server.post('/events', (request, reply) => {
  reply.code(202).send({ accepted: request.body.events.length, duplicates: 0, rejected: [] });
});
process.send(await server.listen({ port: 0, host: '127.0.0.1' }));
