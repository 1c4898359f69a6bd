import { fastify } from 'fastify';
import { RouteTable } from './route-table.js';

const routes = new RouteTable();
const server = fastify();
beforeAll(async () => {
  routes.watch(server);
  server.get('/alerts/:id', () => 'x');
  server.delete('/alerts/:id', () => 'x');
  server.get('/docs/*', () => 'x');
  server.get('/a.b', () => 'x');
  await server.ready();
});
afterAll(() => server.close());

it.each([
  ['/alerts/7', ['DELETE', 'GET', 'HEAD', 'OPTIONS']],
  ['/alerts/7?x=/y', ['DELETE', 'GET', 'HEAD', 'OPTIONS']],
  ['/docs/x/y.css', ['GET', 'HEAD', 'OPTIONS']],
  ['/a.b', ['GET', 'HEAD', 'OPTIONS']],
  ['/aXb', []],
  ['/alerts', []],
  ['/alerts/7/8', []],
  ['*', []],
])('knows the methods of %s', (url, methods) => {
  expect(routes.methodsOf(url)).toEqual(methods);
});
