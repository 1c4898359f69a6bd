import { Injectable } from '@nestjs/common';
import { AppConfig } from '../platform/config/index.js';
import type { ProviderFiguresDto } from './dto/pipeline.dto.js';
import { mostJobsFirst, type JobsRow } from './figures-row.js';
import { noJobs } from './job-figures.reader.js';

/** Figures by provider, most jobs first; those of `HOUSE_PROVIDERS` that the filters admit are listed without jobs as well. */
@Injectable()
export class ProviderFigures {
  constructor(private readonly config: AppConfig) {}

  list(rows: readonly JobsRow[], filters: Readonly<Record<string, readonly string[]>>): ProviderFiguresDto[] {
    const withJobs = mostJobsFirst(rows, 'provider') as ProviderFiguresDto[];
    const isListed = new Set(withJobs.map(({ provider }) => provider));
    const others = [...new Set(this.config.ml.houseProviders)]
      .filter((provider) => !isListed.has(provider) && (filters['provider']?.includes(provider) ?? true))
      .sort((left, right) => left.localeCompare(right));
    return [...withJobs, ...others.map((provider) => ({ provider, ...noJobs() }))];
  }
}
