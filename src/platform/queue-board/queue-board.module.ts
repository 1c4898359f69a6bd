import { Module } from '@nestjs/common';
import { BoardAccess } from './board-access.js';
import { BoardSignIn } from './board-sign-in.js';
import { QueueBoard } from './queue-board.js';

/** `/admin/queues`: the queues and their jobs, for admins. */
@Module({ providers: [BoardAccess, BoardSignIn, QueueBoard] })
export class QueueBoardModule {}
