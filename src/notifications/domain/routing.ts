import { CHANNELS, DEFAULT_CHANNELS, type Channel, type Severity } from './channel.js';
import { maskAddress, WORKSPACE_WEBHOOK } from './mask.js';
import type { SkipReason, Suppression } from './notice.js';
import { defaultPreferences, type Owner, type Preferences } from './preferences.js';
import { quietUntil } from './quiet-hours.js';

/** Whom one of several readers of an address stands for: a person, a team, every admin, or who runs the service. */
export type Recipient = Owner | typeof ADMINS | typeof OPERATORS;
export const ADMINS = 'role:admin';
export const OPERATORS = 'operators';

/** What the operator configured: which channels work at all, and the addresses that get every notice. */
export interface Installation {
  readonly working: ReadonlySet<Channel>;
  readonly emailTo: readonly string[];
  readonly smsTo: readonly string[];
  /** SLACK_ANALYTICS_WEBHOOK; a person who gives the same URL has the same address. */
  readonly workspaceWebhook: string | undefined;
}

export interface RoutedNotice {
  readonly severity: Severity;
  readonly metric: string;
  /** NULL: the defaults of the severity. */
  readonly channels: readonly string[] | null;
  /** Only these; NULL: everybody with preferences. */
  readonly recipients: readonly Owner[] | null;
  readonly suppressed?: Suppression;
}

/** One message to one address, or the reason why there is none. */
export interface Route {
  readonly channel: Channel;
  /** '' where nobody has one. */
  readonly address: string;
  readonly target: string;
  readonly recipients: readonly Recipient[];
  readonly skipped?: SkipReason;
  /** End of the quiet hours of everybody who reads the address. */
  readonly heldUntil?: Date;
}

interface Wish {
  readonly recipient: Recipient;
  readonly channel: Channel;
  readonly address: string;
  readonly skipped?: SkipReason;
  readonly heldUntil?: Date;
}

/** Where a notice goes: one route per channel and address, however many people read it. */
export function routesOf(
  notice: RoutedNotice,
  saved: ReadonlyMap<Owner, Preferences>,
  { installation, now }: { readonly installation: Installation; readonly now: Date },
): Route[] {
  const owners = notice.recipients ?? [...saved.keys()];
  const people = owners.flatMap((owner) => {
    const preferences = saved.get(owner) ?? defaultPreferences('all');
    const wishes = wishesOf(owner, preferences, { notice, installation, now });
    if (isConcerned(preferences, notice.metric)) return wishes;
    // That a recipient whom the rule names does not want it is worth a line.
    return notice.recipients === null ? [] : wishes.map((wish) => ({ ...wish, skipped: 'preferences' as const }));
  });
  const wishes = [...people, ...installationWishes(notice, installation)].map((wish) => suppressed(wish, notice));
  return withEveryChannel(merge(wishes), notice);
}

/** What the rule asks for before anybody's preferences: its own channels, or the default of the severity. */
export function channelsAsked({ channels, severity }: Pick<RoutedNotice, 'channels' | 'severity'>): readonly Channel[] {
  return channels === null ? DEFAULT_CHANNELS[severity] : CHANNELS.filter((channel) => channels.includes(channel));
}

/** A person's or team's address on a channel; '' where they have none. */
function addressOf(
  recipient: Recipient,
  preferences: Preferences | undefined,
  { channel, installation }: { readonly channel: Channel; readonly installation: Installation },
): string {
  switch (channel) {
    case 'in_app':
      return recipient;
    case 'email':
      return preferences?.email ?? '';
    case 'sms':
      return preferences?.phone ?? '';
    case 'slack':
      return slackAddress(preferences?.slackWebhookUrl ?? installation.workspaceWebhook, installation);
  }
}

/** Every address of a recipient on a channel: the operators may have several. */
export function addressesOf(
  recipient: Recipient,
  preferences: Preferences | undefined,
  where: { readonly channel: Channel; readonly installation: Installation },
): readonly string[] {
  if (recipient === OPERATORS) return operatorAddresses(where.channel, where.installation);
  if (recipient === ADMINS) return where.channel === 'in_app' ? [ADMINS] : [];
  const address = addressOf(recipient, preferences, where);
  return address === '' ? [] : [address];
}

/**
 * Where a recipient can be reached instead: addresses of the same person, team or operators on a channel that works. The
 * workspace's Slack and the inbox of all admins are read by others: a notice goes there only as one of the rule's channels.
 */
export function fallbackAddressesOf(
  recipient: Recipient,
  preferences: Preferences | undefined,
  where: { readonly channel: Channel; readonly installation: Installation },
): readonly string[] {
  if (!where.installation.working.has(where.channel)) return [];
  return addressesOf(recipient, preferences, where).filter(
    (address) => address !== WORKSPACE_WEBHOOK && address !== ADMINS,
  );
}

function operatorAddresses(channel: Channel, { emailTo, smsTo, workspaceWebhook }: Installation): readonly string[] {
  switch (channel) {
    case 'in_app':
      return [ADMINS];
    case 'email':
      return emailTo;
    case 'sms':
      return smsTo;
    case 'slack':
      return workspaceWebhook === undefined ? [] : [WORKSPACE_WEBHOOK];
  }
}

function slackAddress(url: string | undefined, { workspaceWebhook }: Installation): string {
  return url !== undefined && url === workspaceWebhook ? WORKSPACE_WEBHOOK : (url ?? '');
}

function isConcerned({ enabled, scope }: Preferences, metric: string): boolean {
  return enabled && (scope === 'all' || metric.startsWith('business.'));
}

interface Circumstances {
  readonly notice: RoutedNotice;
  readonly installation: Installation;
  readonly now: Date;
}

function wishesOf(owner: Owner, preferences: Preferences, { notice, installation, now }: Circumstances): Wish[] {
  const asked = channelsAsked(notice);
  const own = preferences.channels[notice.severity] ?? DEFAULT_CHANNELS[notice.severity];
  const wanted = notice.channels === null ? own : own.filter((channel) => asked.includes(channel));
  const held = notice.severity === 'critical' ? null : preferences.quietHours;
  const heldUntil = held === null ? undefined : quietUntil(held, now);
  return CHANNELS.filter((channel) => asked.includes(channel) || wanted.includes(channel)).map((channel) => {
    const address = addressOf(owner, preferences, { channel, installation });
    const skipped = wanted.includes(channel) ? unconfigured(channel, address, installation) : 'preferences';
    return { recipient: owner, channel, address, skipped, heldUntil };
  });
}

/** The addresses of the operator, and the inbox of every admin. */
function installationWishes(notice: RoutedNotice, installation: Installation): Wish[] {
  return channelsAsked(notice)
    .filter((channel) => channel !== 'slack' || notice.recipients === null)
    .flatMap((channel) =>
      operatorAddresses(channel, installation).map((address) => ({
        recipient: channel === 'in_app' ? ADMINS : OPERATORS,
        channel,
        address,
        skipped: unconfigured(channel, address, installation),
      })),
    );
}

function unconfigured(channel: Channel, address: string, { working }: Installation): SkipReason | undefined {
  return address === '' || !working.has(channel) ? 'not configured' : undefined;
}

function suppressed(wish: Wish, { suppressed: reason }: RoutedNotice): Wish {
  return reason === undefined ? wish : { ...wish, skipped: reason };
}

/** One route per channel and address. Who wants it beats who does not, and the first to be awake sets the time. */
function merge(wishes: readonly Wish[]): Route[] {
  const groups = new Map<string, Wish[]>();
  for (const wish of wishes) {
    const key = keyOf(wish);
    groups.set(key, [...(groups.get(key) ?? []), wish]);
  }
  const routes = [...groups.values()].map(toRoute);
  // Somebody without an address matters only where the channel reaches nobody at all.
  return routes.filter(
    ({ channel, address }) => address !== '' || !routes.some((o) => o.channel === channel && o.address !== ''),
  );
}

/** The same for two spellings of one mailbox, which no mail server tells apart. */
function keyOf({ channel, address }: Wish): string {
  return `${channel} ${channel === 'email' ? address.toLowerCase() : address}`;
}

/** In the order in which they count. */
const SKIP_REASONS: readonly SkipReason[] = ['silenced', 'cooldown', 'preferences', 'not configured'];

function toRoute(wishes: readonly Wish[]): Route {
  const sending = wishes.filter(({ skipped }) => skipped === undefined);
  const counted = sending.length > 0 ? sending : wishes;
  const { channel, address } = counted[0]!;
  const skipped =
    sending.length > 0 ? undefined : SKIP_REASONS.find((reason) => wishes.some((w) => w.skipped === reason));
  const awake = sending.some(({ heldUntil }) => heldUntil === undefined);
  const times = sending.map(({ heldUntil }) => heldUntil?.getTime() ?? 0);
  return {
    channel,
    address,
    target: maskAddress(channel, address),
    recipients: [...new Set(counted.map(({ recipient }) => recipient))],
    skipped,
    heldUntil: sending.length === 0 || awake ? undefined : new Date(Math.min(...times)),
  };
}

/** A channel that was asked for and that nobody has is worth a line: it explains the silence. */
function withEveryChannel(routes: readonly Route[], notice: RoutedNotice): Route[] {
  const missing = channelsAsked(notice).filter((asked) => !routes.some(({ channel }) => channel === asked));
  const skipped = notice.suppressed ?? 'not configured';
  return [
    ...routes,
    ...missing.map((channel) => ({ channel, address: '', target: '', recipients: [], skipped }) satisfies Route),
  ];
}
