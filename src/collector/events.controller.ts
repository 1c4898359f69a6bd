import { Body, Controller, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, type Principal } from '../platform/auth/index.js';
import { currentCorrelationId } from '../platform/correlation/index.js';
import { Endpoint, pageOf, PageQueryDto, type Page } from '../platform/http/index.js';
import { DeadLetterReplay } from './dead-letter-replay.service.js';
import { DeadLetters } from './dead-letters.service.js';
import { BrowseEventsQueryDto, placeOf, toSearch } from './dto/browse-events.query.js';
import {
  DEAD_LETTER_PAGE_EXAMPLE,
  DeadLetterPageDto,
  readLetterCursor,
  ReplayDto,
  toDto,
} from './dto/dead-letters.dto.js';
import { EventBrowser, type StoredEvent } from './event-browser.service.js';
import { EventIntake } from './event-intake.service.js';
import {
  ANSWER_SCHEMA,
  EVENT_PAGE_EXAMPLE,
  EVENT_PAGE_SCHEMA,
  REFUSED_EXAMPLE,
  SUBMISSION_EXAMPLES,
  SUBMISSION_SCHEMA,
} from './events.openapi.js';
import type { IntakeAnswer } from './intake-answer.js';
import { SUBMISSION_LIMITS } from './read-submission.js';

@ApiTags('Events')
@Controller('events')
export class EventsController {
  constructor(
    private readonly intake: EventIntake,
    private readonly browser: EventBrowser,
    private readonly deadLetters: DeadLetters,
    private readonly replays: DeadLetterReplay,
  ) {}

  @Endpoint({
    method: 'POST',
    status: 202,
    roles: ['service'],
    rateLimit: false,
    summary: 'Send events',
    description:
      'Answers when the accepted events are durable. Good events of a batch with bad ones are stored; when none is, the answer is 422 with the same body. Repeating a batch is safe: what is known already is counted in `duplicates`.',
    body: { schema: SUBMISSION_SCHEMA, limits: SUBMISSION_LIMITS, raw: true },
    response: { schema: ANSWER_SCHEMA },
    errors: [422, 429, 503],
    examples: {
      request: SUBMISSION_EXAMPLES,
      response: { accepted: 2, duplicates: 0, rejected: [] },
      refused: REFUSED_EXAMPLE,
    },
  })
  async submit(
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntakeAnswer> {
    return withStatus(reply, await this.intake.submit(body, senderOf(principal)));
  }

  @Endpoint({
    method: 'GET',
    roles: [],
    shared: true,
    summary: 'Browse raw events',
    description: 'Newest first. An event comes back as it was sent, completed with what the service filled in.',
    response: { schema: EVENT_PAGE_SCHEMA },
    errors: [503],
    examples: { response: EVENT_PAGE_EXAMPLE },
  })
  async browse(@Query() query: BrowseEventsQueryDto): Promise<Page<StoredEvent>> {
    return pageOf(await this.browser.find(toSearch(query, query.limit + 1)), query.limit, placeOf);
  }

  @Endpoint({
    method: 'GET',
    path: 'rejected',
    roles: [],
    summary: 'List dead letters',
    description: 'Events that were refused, newest first; kept for 30 days, at most 100,000 of them.',
    response: DeadLetterPageDto,
    errors: [503],
    examples: { response: DEAD_LETTER_PAGE_EXAMPLE },
  })
  async listRejected(@Query() query: PageQueryDto): Promise<DeadLetterPageDto> {
    const page = pageOf(
      await this.deadLetters.list(query.limit + 1, readLetterCursor(query.cursor)),
      query.limit,
      ({ place }) => [place.receivedAt, place.id],
    );
    return { ...page, items: page.items.map(toDto) };
  }

  @Endpoint({
    method: 'POST',
    path: 'rejected/replay',
    status: 202,
    roles: [],
    summary: 'Send dead letters again',
    description:
      'Answers as `POST /events`, `index` and paths being those of `ids`. What is taken, or was stored already, leaves the dead letters.',
    response: { schema: ANSWER_SCHEMA },
    errors: [422, 429, 503],
    examples: {
      request: { 'one dead letter': { ids: [DEAD_LETTER_PAGE_EXAMPLE.items[0]?.id] } },
      response: { accepted: 1, duplicates: 0, rejected: [] },
      refused: REFUSED_EXAMPLE,
    },
  })
  async replay(@Body() { ids }: ReplayDto, @Res({ passthrough: true }) reply: FastifyReply): Promise<IntakeAnswer> {
    return withStatus(reply, await this.replays.replay(ids, currentCorrelationId() ?? ''));
  }
}

function senderOf(principal: Principal): { correlationId: string; subject: string } {
  return { correlationId: currentCorrelationId() ?? '', subject: principal.sub };
}

/** 422 where nothing could be taken, though it is no problem+json: the sender is told of each event. */
function withStatus(reply: FastifyReply, answer: IntakeAnswer): IntakeAnswer {
  if (answer.accepted + answer.duplicates === 0) void reply.status(422);
  return answer;
}
