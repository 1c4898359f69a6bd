import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Logger } from '../../src/platform/logging/index.js';

const ACCESS = 'auth:access';
/** So that a walk that finds nothing does not pass. */
const AT_LEAST = 14;

interface Route {
  readonly name: string;
  readonly access: unknown;
}

/** Every route of every controller in the house; nothing of it is started. */
async function routes(): Promise<Route[]> {
  const database = {
    url: 'postgres://',
    identity: '',
    embedded: false,
    poolSize: 2,
    writerPoolSize: 1,
    stop: async () => undefined,
    status: () => ({ state: 'stopped' as const, restarts: 0 }),
  };
  const module = AppModule.forRoot({ config: loadConfig({}), logger: Logger.create('silent'), database });
  const app = await NestFactory.createApplicationContext(module, { preview: true, logger: false });
  const modules = [...app.get(ModulesContainer).values()];
  const controllers = new Set(
    modules.flatMap(({ controllers }) => [...controllers.values()].map(({ metatype }) => metatype)),
  );
  return [...controllers].flatMap((controller) => routesOf(controller as new () => object));
}

function routesOf(controller: new () => object): Route[] {
  const prototype = controller.prototype as Record<string, object>;
  return Object.getOwnPropertyNames(prototype)
    .filter((name) => name !== 'constructor' && Reflect.hasMetadata(METHOD_METADATA, prototype[name] ?? {}))
    .map((name) => {
      const handler = prototype[name] ?? {};
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number];
      const path: string = Reflect.getMetadata(PATH_METADATA, handler);
      const access: unknown = Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller);
      return { name: `${controller.name}.${name}: ${method} ${path}`, access };
    });
}

it('declares for every route who may use it', async () => {
  const all = await routes();
  expect(all.length).toBeGreaterThan(AT_LEAST);
  expect(all.filter(({ access }) => access !== 'public' && !Array.isArray(access))).toEqual([]);
});
