import { Injectable } from '@nestjs/common';
import { ForbiddenError, type Principal } from '../../platform/auth/index.js';
import { Clock } from '../../platform/clock/index.js';
import { InvalidInputError, type FieldError } from '../../platform/errors/index.js';
import { defaultPreferences, teamOwner, userOwner, type Owner, type Scope } from '../domain/preferences.js';
import type { PreferencesDto } from '../dto/preferences.dto.js';
import { PreferenceRepository } from '../store/preference.repository.js';
import { fromDto, toDto } from './preference-wire.js';
import { WebhookGuard } from './webhook-guard.js';

/** How people and teams want to be told. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly preferences: PreferenceRepository,
    private readonly webhooks: WebhookGuard,
    private readonly clock: Clock,
  ) {}

  /** @throws ForbiddenError */
  async ofUser(userId: string, by: Principal): Promise<PreferencesDto> {
    checkMayTouch(userId, by);
    return this.read(userOwner(userId), by);
  }

  async ofTeam(team: string, by: Principal): Promise<PreferencesDto> {
    return this.read(teamOwner(team), by);
  }

  /** @throws ForbiddenError, InvalidInputError */
  async saveUser(userId: string, sent: PreferencesDto, by: Principal): Promise<PreferencesDto> {
    checkMayTouch(userId, by);
    return this.save(userOwner(userId), sent, by);
  }

  /** @throws InvalidInputError */
  async saveTeam(team: string, sent: PreferencesDto, by: Principal): Promise<PreferencesDto> {
    return this.save(teamOwner(team), sent, by);
  }

  private async read(owner: Owner, by: Principal): Promise<PreferencesDto> {
    return toDto((await this.preferences.find(owner)) ?? defaultPreferences(defaultScope(by)));
  }

  private async save(owner: Owner, sent: PreferencesDto, by: Principal): Promise<PreferencesDto> {
    const scope = sent.scope ?? defaultScope(by);
    if (scope === 'all' && !isAdmin(by)) await this.checkKeepsAll(owner);
    const errors = [...checkQuietHours(sent), ...(await this.webhooks.check(sent.slack_webhook_url))];
    if (errors.length > 0) throw new InvalidInputError(errors);
    const preferences = fromDto(sent, scope);
    await this.preferences.save(owner, preferences, { who: by.sub, at: this.clock.now() });
    return toDto(preferences);
  }

  /** What an admin has set may be sent back. @throws ForbiddenError */
  private async checkKeepsAll(owner: Owner): Promise<void> {
    const saved = await this.preferences.find(owner);
    if (saved?.scope !== 'all')
      throw new ForbiddenError('Only an admin may set scope to "all"; "business" is yours to set.');
  }
}

function isAdmin({ roles }: Principal): boolean {
  return roles.includes('admin');
}

function defaultScope(by: Principal): Scope {
  return isAdmin(by) ? 'all' : 'business';
}

function checkMayTouch(userId: string, by: Principal): void {
  if (userId !== by.sub && !isAdmin(by)) throw new ForbiddenError('These are the preferences of somebody else.');
}

function checkQuietHours({ quiet_hours: quiet }: PreferencesDto): FieldError[] {
  if (!quiet) return [];
  const errors: FieldError[] = [];
  if (quiet.start === quiet.end) errors.push({ path: 'quiet_hours.end', message: 'must differ from start' });
  if (quiet.days?.length === 0)
    errors.push({ path: 'quiet_hours.days', message: 'must name a day; leave it out for all' });
  return errors;
}
