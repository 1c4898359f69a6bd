import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../../platform/http/index.js';
import { PreviewDto, PreviewRequestDto } from '../dto/preview.dto.js';
import { PreviewRequests } from './preview-requests.service.js';

const REQUEST = {
  name: 'Many server errors',
  metric: 'api.error_rate',
  condition: 'threshold_above',
  threshold: 0.05,
  severity: 'critical',
};
const RESPONSE: PreviewDto = {
  firings: [{ from: '2026-11-22T09:12:00.000Z', to: '2026-11-22T09:31:00.000Z', group: null, peak: 0.21 }],
  series: [{ group: null, points: [{ t: '2026-11-22T09:12:00.000Z', value: 0.07 }] }],
  step_seconds: 60,
};

@ApiTags('Alert configs')
@Controller('alerts/configs')
export class PreviewController {
  constructor(private readonly previews: PreviewRequests) {}

  @Endpoint({
    method: 'POST',
    path: 'preview',
    status: 200,
    roles: ['admin'],
    summary: 'Try a rule on the past',
    description:
      'What the rule would have done: stored history goes through the state machine that evaluates rules live, and nothing ' +
      'is stored or sent. Without `from` and `to` the last 24 hours are tried. Windows under an hour reach back to RAW_RETENTION_DAYS, longer ones 90 days, beyond raw events at ' +
      'full hours. It begins with a rule that is normal at `from`.',
    response: PreviewDto,
    errors: [503],
    examples: { request: { 'many server errors': REQUEST }, response: RESPONSE },
  })
  preview(@Body() request: PreviewRequestDto): Promise<PreviewDto> {
    return this.previews.preview(request);
  }
}
