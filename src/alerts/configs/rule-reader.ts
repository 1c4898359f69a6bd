import { Injectable } from '@nestjs/common';
import { InvalidInputError, type FieldError } from '../../platform/errors/index.js';
import { AlertCatalogue } from '../alert-catalogue.js';
import type { AlertRule } from '../domain/alert-config.js';
import { checkRule } from '../domain/rule-checks.js';
import type { AlertRuleDto } from '../dto/alert-rule.dto.js';
import { ruleOfDto } from './rule-wire.js';

/** Most refusals in one answer; who has more starts with these. */
const MAX_ERRORS = 100;

/** Makes rules of what was sent: defaults filled in, checked against the catalogue. */
@Injectable()
export class RuleReader {
  constructor(private readonly catalogue: AlertCatalogue) {}

  /** @throws InvalidInputError naming every field that is wrong */
  read(dto: AlertRuleDto): AlertRule {
    const { rule, errors } = this.examine(dto);
    if (errors.length > 0) throw new InvalidInputError(errors);
    return rule;
  }

  /** Reads several, each name once. @throws InvalidInputError naming fields such as `configs[3].threshold` */
  readAll(dtos: readonly AlertRuleDto[]): AlertRule[] {
    const read = dtos.map((dto) => this.examine(dto));
    const errors = read.flatMap(({ errors: own }, index) =>
      own.map(({ path, message }) => ({ path: `configs[${index}].${path}`, message })),
    );
    errors.push(...repeats(dtos));
    if (errors.length > 0) throw new InvalidInputError(errors.slice(0, MAX_ERRORS));
    return read.map(({ rule }) => rule);
  }

  private examine(dto: AlertRuleDto): { rule: AlertRule; errors: FieldError[] } {
    const metric = this.catalogue.facts(dto.metric);
    const rule = ruleOfDto(dto, metric);
    return { rule, errors: checkRule(rule, metric) };
  }
}

function repeats(dtos: readonly AlertRuleDto[]): FieldError[] {
  const known = new Map<string, number>();
  return dtos.flatMap(({ name }, index) => {
    const first = known.get(name);
    if (first === undefined) known.set(name, index);
    return first === undefined ? [] : [{ path: `configs[${index}].name`, message: `is the name of configs[${first}]` }];
  });
}
