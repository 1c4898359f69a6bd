import { Injectable } from '@nestjs/common';

/** Tells who keeps answers about alerts when those are not true any more, whichever process changed them. */
@Injectable()
export class AlertChanges {
  private readonly listeners: (() => void)[] = [];
  private hears: () => boolean = () => false;

  /** False: changes by other processes may go unheard, so nothing may be kept. */
  get isHearing(): boolean {
    return this.hears();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  tell(): void {
    for (const listener of this.listeners) listener();
  }

  /** `isHearing` of what tells of other processes. */
  fedBy(isHearing: () => boolean): void {
    this.hears = isHearing;
  }
}
