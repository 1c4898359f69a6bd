import type { PreviewDto } from '../dto/preview.dto.js';
import type { Preview } from './preview.service.js';

const iso = (ms: number): string => new Date(ms).toISOString();

export function previewToDto({ firings, series, stepSeconds }: Preview): PreviewDto {
  return {
    firings: firings.map(({ from, to, group, peak }) => ({
      from: iso(from),
      to: to === null ? null : iso(to),
      group,
      peak,
    })),
    series: series.map(({ group, points }) => ({
      group,
      points: points.map(({ at, value }) => ({ t: iso(at), value })),
    })),
    step_seconds: stepSeconds,
  };
}
