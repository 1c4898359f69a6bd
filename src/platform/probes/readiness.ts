import { Injectable } from '@nestjs/common';

/** Something the service needs to do its work. Its room makes one and registers it. */
export abstract class ReadinessCheck {
  /** As it shows in `/health/ready`, e.g. `database`. */
  abstract readonly name: string;
  /** Rejects, within a second or two, while it cannot be used. */
  abstract check(): Promise<void>;
}

@Injectable()
export class ReadinessRegistry {
  private readonly checks: ReadinessCheck[] = [];

  register(check: ReadinessCheck): void {
    this.checks.push(check);
  }

  all(): readonly ReadinessCheck[] {
    return this.checks;
  }
}
