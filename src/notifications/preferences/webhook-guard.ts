import { Injectable } from '@nestjs/common';
import type { FieldError } from '../../platform/errors/index.js';
import { refusalOfWebhook } from '../channels/public-address.js';

const FIELD = 'slack_webhook_url';

/** Refuses webhooks that lead into the network of the service. They are looked at again whenever something is sent. */
@Injectable()
export class WebhookGuard {
  async check(url: string | null | undefined): Promise<FieldError[]> {
    if (url === null || url === undefined) return [];
    const message = await refusalOfWebhook(url);
    return message === undefined ? [] : [{ path: FIELD, message }];
  }
}
