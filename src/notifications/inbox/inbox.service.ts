import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/auth/index.js';
import { Clock } from '../../platform/clock/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { decodeCursor, pageOf } from '../../platform/http/index.js';
import { teamOwner, userOwner } from '../domain/preferences.js';
import { ADMINS } from '../domain/routing.js';
import type { InboxMessageDto, InboxPageDto, InboxQueryDto } from '../dto/inbox.dto.js';
import { InboxRepository, type InboxPlace, type Reader, type ReceivedMessage } from '../store/inbox.repository.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** What somebody was told in the admin pages: as themselves, as a member of their teams, and as an admin. */
@Injectable()
export class InboxService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidInputError */
  async list(principal: Principal, { limit, unread, cursor }: InboxQueryDto): Promise<InboxPageDto> {
    const after = decodeCursor(cursor, readPlace);
    const found = await this.inbox.list(readerOf(principal), { limit: limit + 1, unread, after });
    const page = pageOf(found, limit, ({ place, id }) => [place, id]);
    return { ...page, items: page.items.map(toDto) };
  }

  async countUnread(principal: Principal): Promise<{ count: number }> {
    return { count: await this.inbox.countUnread(readerOf(principal)) };
  }

  /** Once is enough. @throws NotFoundError where it is not a message for this reader */
  async markRead(principal: Principal, id: string): Promise<void> {
    const isFound = await this.inbox.markRead(id, readerOf(principal), this.clock.now());
    if (!isFound) throw new NotFoundError('There is no message with this id in your inbox.');
  }

  async markAllRead(principal: Principal): Promise<void> {
    await this.inbox.markAllRead(readerOf(principal), this.clock.now());
  }
}

function readerOf({ sub, teams, roles }: Principal): Reader {
  const admin = roles.includes('admin') ? [ADMINS] : [];
  return { userId: sub, audiences: [userOwner(sub), ...teams.map(teamOwner), ...admin] };
}

function readPlace([createdAt, id]: unknown[]): InboxPlace | undefined {
  if (typeof createdAt !== 'string' || !INSTANT.test(createdAt) || Number.isNaN(Date.parse(createdAt)))
    return undefined;
  return typeof id === 'string' && UUID.test(id) ? { createdAt, id } : undefined;
}

function toDto(message: ReceivedMessage): InboxMessageDto {
  return {
    id: message.id,
    alert_id: message.alert_id,
    severity: message.severity,
    title: message.title,
    body: message.body,
    created_at: message.created_at.toISOString(),
    read_at: message.read_at?.toISOString() ?? null,
  };
}
