export type RedisUse = 'queue' | 'cache' | 'rate-limit';

/**
 * What the keys of this installation begin with. Jobs, answers and limits belong to a database: services that share a
 * Redis but have different databases must not see each other's, and those that share the database must.
 */
export class RedisKeys {
  constructor(private readonly installation: string) {}

  prefixOf(use: RedisUse): string {
    return `${this.installation}:${use}`;
  }
}
