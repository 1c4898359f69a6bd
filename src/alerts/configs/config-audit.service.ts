import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../platform/errors/index.js';
import { decodeCursor, encodeCursor } from '../../platform/http/index.js';
import type { ConfigAuditDto } from '../dto/alert-config.dto.js';
import { ConfigAuditRepository } from '../store/config-audit.repository.js';

const CHANGE_ID = /^\d{1,18}$/;

@Injectable()
export class ConfigAuditService {
  constructor(private readonly repository: ConfigAuditRepository) {}

  /** Newest first. @throws NotFoundError where there never was such a config, InvalidInputError naming cursor */
  async page(configId: string, limit: number, cursor?: string): Promise<ConfigAuditDto> {
    const below = cursor === undefined ? undefined : decodeCursor(cursor, readChangeId);
    const found = await this.repository.page(configId, limit + 1, below);
    if (found.length === 0 && below === undefined)
      throw new NotFoundError('There never was an alert config with this id.');
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(({ at, by, action, before, after }) => ({ at: at.toISOString(), by, action, before, after })),
      next_cursor: found.length > limit && last ? encodeCursor([last.id]) : null,
    };
  }
}

function readChangeId([id]: unknown[]): string | undefined {
  return typeof id === 'string' && CHANGE_ID.test(id) ? id : undefined;
}
