import { Injectable } from '@nestjs/common';
import { ConflictError } from '../../platform/errors/index.js';
import type { AlertDetailDto, BulkDto, BulkVerdictDto, NoteDto } from '../dto/alert.dto.js';
import { EpisodeService, type EpisodeVerdict } from '../episodes/episode.service.js';
import { AlertHistoryService } from './alert-history.service.js';

/** What people do about alerts. */
@Injectable()
export class AlertResponseService {
  constructor(
    private readonly episodes: EpisodeService,
    private readonly history: AlertHistoryService,
  ) {}

  /** @throws NotFoundError; ConflictError where it is resolved already, so that nobody can take it on any more */
  async acknowledge(id: string, by: string, { note }: NoteDto): Promise<AlertDetailDto> {
    const [verdict] = await this.episodes.acknowledge([id], by, note ?? undefined);
    if (verdict?.outcome === 'skipped' && verdict.reason === 'resolved') {
      throw new ConflictError('The alert is resolved already, so there is nothing to acknowledge.');
    }
    return this.history.get(id, 'all');
  }

  /** @throws NotFoundError */
  async resolve(id: string, by: string, { note }: NoteDto): Promise<AlertDetailDto> {
    await this.episodes.resolve([id], by, note ?? undefined);
    return this.history.get(id, 'all');
  }

  async acknowledgeAll({ ids, note }: BulkDto, by: string): Promise<BulkVerdictDto> {
    return verdictsOf(await this.episodes.acknowledge(distinct(ids), by, note ?? undefined));
  }

  async resolveAll({ ids, note }: BulkDto, by: string): Promise<BulkVerdictDto> {
    return verdictsOf(await this.episodes.resolve(distinct(ids), by, note ?? undefined));
  }
}

const distinct = (ids: readonly string[]): string[] => [...new Set(ids.map((id) => id.toLowerCase()))];

function verdictsOf(verdicts: readonly EpisodeVerdict[]): BulkVerdictDto {
  return {
    updated: verdicts.flatMap(({ id, outcome }) => (outcome === 'updated' ? id : [])),
    skipped: verdicts.flatMap((verdict) =>
      verdict.outcome === 'skipped' ? { id: verdict.id, reason: verdict.reason } : [],
    ),
  };
}
