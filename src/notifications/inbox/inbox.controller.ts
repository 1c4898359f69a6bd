import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../../platform/auth/index.js';
import { Endpoint } from '../../platform/http/index.js';
import { INBOX_MESSAGE_EXAMPLE } from '../dto/examples.js';
import { InboxMessageParamDto, InboxPageDto, InboxQueryDto, UnreadCountDto } from '../dto/inbox.dto.js';
import { InboxService } from './inbox.service.js';

const WHOSE =
  'Yours, those of your teams, and for admins those to all admins. Each reader has a read state of their own.';

@ApiTags('Notifications')
@Controller('notifications')
export class InboxController {
  constructor(private readonly inbox: InboxService) {}

  @Endpoint({
    method: 'GET',
    roles: ['business_viewer'],
    summary: 'Your inbox',
    description: `Newest first. ${WHOSE}`,
    response: InboxPageDto,
    errors: [503],
    examples: { response: { items: [INBOX_MESSAGE_EXAMPLE], next_cursor: null } },
  })
  list(@Query() query: InboxQueryDto, @CurrentPrincipal() principal: Principal): Promise<InboxPageDto> {
    return this.inbox.list(principal, query);
  }

  @Endpoint({
    method: 'GET',
    path: 'unread-count',
    roles: ['business_viewer'],
    summary: 'How many messages you have not read',
    response: UnreadCountDto,
    errors: [503],
    examples: { response: { count: 3 } },
  })
  countUnread(@CurrentPrincipal() principal: Principal): Promise<UnreadCountDto> {
    return this.inbox.countUnread(principal);
  }

  @Endpoint({
    method: 'POST',
    path: 'read-all',
    status: 204,
    roles: ['business_viewer'],
    summary: 'Mark your whole inbox as read',
    errors: [503],
  })
  markAllRead(@CurrentPrincipal() principal: Principal): Promise<void> {
    return this.inbox.markAllRead(principal);
  }

  @Endpoint({
    method: 'POST',
    path: ':id/read',
    status: 204,
    roles: ['business_viewer'],
    summary: 'Mark a message as read',
    description: 'Repeating it is harmless: the first time counts.',
    errors: [404, 503],
  })
  markRead(@Param() { id }: InboxMessageParamDto, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.inbox.markRead(principal, id);
  }
}
