import { Body, Controller, Get, Param, Query } from '@nestjs/common';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { CurrentPrincipal, type Principal } from '../../src/platform/auth/index.js';
import { currentCorrelationId } from '../../src/platform/correlation/index.js';
import {
  ConflictError,
  DependencyUnavailableError,
  NotFoundError,
  OverloadedError,
  StaleVersionError,
} from '../../src/platform/errors/index.js';
import { Endpoint, PageQueryDto } from '../../src/platform/http/index.js';

export const SAMPLES = '/api/v1/analytics/samples';

class NoteDto {
  @IsOptional()
  @IsString()
  @MaxLength(200_000)
  note?: string;
}

class IdDto {
  @IsUUID()
  id!: string;
}

const ERRORS: Record<string, () => Error> = {
  missing: () => new NotFoundError('There is no such alert.'),
  conflict: () => new ConflictError('The name is taken.'),
  stale: () => new StaleVersionError('Read it again.'),
  full: () => new OverloadedError('The queue is full.', 2.2),
  down: () => new DependencyUnavailableError('database', 3, { cause: new Error('connect ECONNREFUSED 10.0.0.7') }),
  bug: () => new TypeError('SELECT secret_column FROM users: password=hunter2'),
};

/** One endpoint of every kind. */
@Controller('samples')
export class SampleController {
  @Endpoint({ method: 'GET', roles: ['business_viewer'], summary: 'A list' })
  list(@Query() query: PageQueryDto): object {
    return { ...query };
  }

  @Endpoint({ method: 'GET', path: 'large', roles: [], summary: 'A large answer' })
  large(): object {
    return { text: 'x'.repeat(5_000) };
  }

  @Endpoint({ method: 'GET', path: 'open', public: true, summary: 'For everybody' })
  open(): object {
    return { correlation_id: currentCorrelationId() };
  }

  @Endpoint({ method: 'GET', path: 'me', roles: ['service', 'business_viewer'], summary: 'Who I am' })
  me(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Endpoint({ method: 'GET', path: 'errors/:kind', roles: ['admin'], summary: 'Fails' })
  fail(@Param('kind') kind: string): never {
    throw ERRORS[kind]?.() ?? new Error(kind);
  }

  @Endpoint({ method: 'GET', path: 'items/:id', roles: ['admin'], summary: 'By id' })
  item(@Param() { id }: IdDto): object {
    return { id };
  }

  @Endpoint({ method: 'POST', path: 'notes', roles: ['admin'], status: 201, summary: 'Takes a body' })
  async note(@Body() { note }: NoteDto): Promise<object> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return { length: note?.length, correlation_id: currentCorrelationId() };
  }

  @Endpoint({ method: 'POST', path: 'read-all', roles: ['admin'], summary: 'Takes nothing', rateLimit: false })
  readAll(): void {}

  @Endpoint({
    method: 'POST',
    path: 'raw',
    roles: ['service'],
    summary: 'Checks its JSON itself',
    body: { raw: true, limits: { maxBytes: 3_000_000 } },
  })
  raw(@Body() body: { events: unknown[] }): object {
    return { own: Object.getOwnPropertyNames(body), length: JSON.stringify(body).length };
  }

  @Endpoint({ method: 'DELETE', path: 'items/:id', roles: ['admin'], summary: 'Deletes' })
  remove(@Param() _params: IdDto): void {}

  @Get('undeclared')
  undeclared(): object {
    return { secret: true };
  }
}
