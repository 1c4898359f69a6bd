import 'reflect-metadata';
import { Body, createParamDecorator, Query } from '@nestjs/common';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { endpointConfigIn, type EndpointConfig } from './endpoint-config.js';
import { Endpoint } from './endpoint.decorator.js';

/** The config of an endpoint whose method takes these arguments. */
function configOf(...parameters: ParameterDecorator[]): EndpointConfig | undefined {
  class Controller {
    handle(): void {}
  }
  parameters.forEach((decorate, index) => decorate(Controller.prototype, 'handle', index));
  const descriptor = Object.getOwnPropertyDescriptor(Controller.prototype, 'handle')!;
  Endpoint({ method: 'GET', roles: ['admin'], summary: 'Handle' })(Controller.prototype, 'handle', descriptor);
  return endpointConfigIn(Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, Controller.prototype.handle));
}

it('takes a query or a body where its method does', () => {
  expect(configOf()).toMatchObject({ takesQuery: false, takesBody: false });
  expect(configOf(Query())).toMatchObject({ takesQuery: true, takesBody: false });
  expect(configOf(Query(), Body())).toMatchObject({ takesQuery: true, takesBody: true });
});

// Nest gives each custom decorator a random name, some of which start with a digit.
it('takes a custom argument for neither, whatever its random name', () => {
  for (let tries = 0; tries < 500; tries++) {
    expect(configOf(createParamDecorator(() => 'me')())).toMatchObject({ takesQuery: false, takesBody: false });
  }
});
