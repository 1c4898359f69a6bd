import { Injectable } from '@nestjs/common';
import { joinProvenance, readMeta } from '../metrics/index.js';
import { mostJobsFirst } from './figures-row.js';
import type { MlTotalsQueryDto } from './dto/ml-query.dto.js';
import type { ProvidersDto } from './dto/pipeline.dto.js';
import { JobFiguresReader } from './job-figures.reader.js';
import { MlFrame } from './ml-frame.js';
import { ProviderFigures } from './provider-figures.js';

/** What each provider delivers and costs, with its models. */
@Injectable()
export class MlProvidersService {
  constructor(
    private readonly frame: MlFrame,
    private readonly jobs: JobFiguresReader,
    private readonly byProvider: ProviderFigures,
  ) {}

  async providers(query: MlTotalsQueryDto): Promise<ProvidersDto> {
    const request = await this.frame.totals(query);
    const { figures } = await this.jobs.readAll([
      { ...request, groupBy: ['provider'] },
      { ...request, groupBy: ['provider', 'model'] },
    ]);
    const [providers, models] = figures;
    const list = this.byProvider.list(providers.rows, request.filters);
    return {
      providers: list.map((figures) => ({
        ...figures,
        models: mostJobsFirst(
          models.rows.filter(({ group }) => group['provider'] === figures.provider),
          'model',
        ),
      })),
      meta: readMeta({ ...request, provenance: joinProvenance(providers, models), holds: ['percentiles'] }),
    };
  }
}
