import { Injectable } from '@nestjs/common';
import { parseInstant } from '../../events/index.js';
import { Clock } from '../../platform/clock/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import { AlertCatalogue } from '../alert-catalogue.js';
import { ruleOfDto } from '../configs/rule-wire.js';
import { checkRule } from '../domain/rule-checks.js';
import type { PreviewDto, PreviewRequestDto } from '../dto/preview.dto.js';
import { previewToDto } from './preview-wire.js';
import { PreviewService } from './preview.service.js';

const DEFAULT_SPAN_MS = 24 * 3_600_000;

/** Previews as they are asked for: the rule is checked like one that is saved. */
@Injectable()
export class PreviewRequests {
  constructor(
    private readonly catalogue: AlertCatalogue,
    private readonly previews: PreviewService,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidInputError naming every field of the rule that is wrong, or from, to, window_seconds */
  async preview(request: PreviewRequestDto): Promise<PreviewDto> {
    const metric = this.catalogue.facts(request.metric);
    const rule = ruleOfDto(request, metric);
    const errors = checkRule(rule, metric);
    if (errors.length > 0) throw new InvalidInputError(errors);
    const to = request.to === undefined ? this.clock.now() : instantOf('to', request.to);
    const from =
      request.from === undefined ? new Date(to.getTime() - DEFAULT_SPAN_MS) : instantOf('from', request.from);
    return previewToDto(await this.previews.preview(rule, { from, to }));
  }
}

function instantOf(path: string, text: string): Date {
  const micros = parseInstant(text);
  if (!Number.isNaN(micros)) return new Date(micros / 1_000);
  throw new InvalidInputError([
    { path, message: 'must be an ISO 8601 instant with offset, e.g. 2026-11-22T10:00:00Z' },
  ]);
}
