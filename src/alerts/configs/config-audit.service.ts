import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../platform/errors/index.js';
import { decodeCursor, pageOf, readSerialPlace } from '../../platform/http/index.js';
import type { ConfigAuditDto } from '../dto/alert-config.dto.js';
import { ConfigAuditRepository } from '../store/config-audit.repository.js';

@Injectable()
export class ConfigAuditService {
  constructor(private readonly repository: ConfigAuditRepository) {}

  /** Newest first. @throws NotFoundError where there never was such a config, InvalidInputError naming cursor */
  async page(configId: string, limit: number, cursor?: string): Promise<ConfigAuditDto> {
    const below = decodeCursor(cursor, readSerialPlace);
    const found = await this.repository.page(configId, limit + 1, below);
    if (found.length === 0 && below === undefined)
      throw new NotFoundError('There never was an alert config with this id.');
    const page = pageOf(found, limit, ({ id }) => [id]);
    return {
      ...page,
      items: page.items.map(({ at, by, action, before, after }) => ({
        at: at.toISOString(),
        by,
        action,
        before,
        after,
      })),
    };
  }
}
