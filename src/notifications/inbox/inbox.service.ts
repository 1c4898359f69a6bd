import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/auth/index.js';
import { Clock } from '../../platform/clock/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { decodeCursor, pageOf, readTimePlace } from '../../platform/http/index.js';
import { teamOwner, userOwner } from '../domain/preferences.js';
import { ADMINS } from '../domain/routing.js';
import type { InboxMessageDto, InboxPageDto, InboxQueryDto } from '../dto/inbox.dto.js';
import { InboxRepository, type Reader, type ReceivedMessage } from '../store/inbox.repository.js';

/** What somebody was told in the admin pages: as themselves, as a member of their teams, and as an admin. */
@Injectable()
export class InboxService {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidInputError */
  async list(principal: Principal, { limit, unread, cursor }: InboxQueryDto): Promise<InboxPageDto> {
    const place = decodeCursor(cursor, readTimePlace);
    const after = place && { createdAt: place.at, id: place.id };
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
