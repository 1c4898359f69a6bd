import type { Channel } from './channel.js';

/** The address of `slack` that is not a person's own: `SLACK_ANALYTICS_WEBHOOK`. */
export const WORKSPACE_WEBHOOK = 'workspace';

/** As much of an address as may be shown to somebody who is not its owner. */
export function maskAddress(channel: Channel, address: string): string {
  if (address === '') return '';
  switch (channel) {
    case 'email':
      return maskEmail(address);
    case 'sms':
      return `${address.slice(0, 3)}${'*'.repeat(Math.max(2, address.length - 5))}${address.slice(-2)}`;
    case 'slack':
      return address === WORKSPACE_WEBHOOK ? address : `https://${hostOf(address)}/***`;
    case 'in_app':
      // `user:` or `team:` and a name; a token's subject is often somebody's e-mail address.
      return address.includes('@') ? maskReader(address) : address;
  }
}

function maskReader(address: string): string {
  const name = address.indexOf(':') + 1;
  return `${address.slice(0, name)}${maskEmail(address.slice(name))}`;
}

function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, Math.min(1, at))}***${address.slice(at)}`;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : '***';
}
