export { createHttpApp } from './create-http-app.js';
export { Draining } from './draining.js';
export type { EndpointOptions, SchemaObject } from './endpoint-options.js';
export { Endpoint } from './endpoint.decorator.js';
export { ForeignErrors } from './foreign-errors.js';
export { HttpModule } from './http.module.js';
export { listen } from './listen.js';
export { decodeCursor, encodeCursor, PageQueryDto, type Page } from './pagination.js';
export { QueryInteger } from './query-decorators.js';
