import { Injectable } from '@nestjs/common';
import { EpisodeRepository } from './episode.repository.js';
import { EvaluationIncidentRepository } from './evaluation-incident.repository.js';
import { EvaluationNoteRepository } from './evaluation-note.repository.js';
import { InstanceStateRepository } from './instance-state.repository.js';
import { TickRepository } from './tick.repository.js';

/** What the evaluation reads and writes of alerts; always by the handle of a transaction. */
@Injectable()
export class AlertStores {
  constructor(
    readonly states: InstanceStateRepository,
    readonly episodes: EpisodeRepository,
    readonly ticks: TickRepository,
    readonly notes: EvaluationNoteRepository,
    readonly incidents: EvaluationIncidentRepository,
  ) {}
}
