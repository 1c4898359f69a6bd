import { IANAZone } from 'luxon';
import { z } from 'zod';
import { isCurrency } from '../currency/index.js';
import type { LatencyHistogramNames } from './app-config.js';

/** What a variable may hold: how it is read, and the phrase that documents it and follows "must be" in errors. */
export interface ValueType<T> {
  readonly schema: z.ZodType<T, string>;
  readonly allowed: string;
}

/** A value type of texts that `accepts` says yes to. */
export function text(allowed: string, accepts: (value: string) => boolean = () => true): ValueType<string> {
  return { allowed, schema: z.string().refine((value) => !/[\r\n\0]/.test(value) && accepts(value)) };
}

export function wholeNumber(min: number, max: number): ValueType<number> {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    schema: z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number)
      .refine((value) => value >= min && value <= max),
  };
}

/** A share of something; at most six decimals. */
export const fraction: ValueType<number> = {
  allowed: 'a number from 0 to 1',
  schema: z
    .string()
    .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/)
    .transform(Number),
};

export function oneOf<const T extends string>(...values: readonly T[]): ValueType<T> {
  return { allowed: `one of ${values.join(', ')}`, schema: z.enum(values) };
}

const SWITCH: Record<string, boolean> = { true: true, on: true, 1: true, false: false, off: false, 0: false };

export const onOrOff: ValueType<boolean> = {
  allowed: 'true, on or 1, or false, off or 0',
  schema: z
    .string()
    .refine((value) => value.toLowerCase() in SWITCH)
    .transform((value) => SWITCH[value.toLowerCase()] === true),
};

export function url(...protocols: readonly string[]): ValueType<string> {
  const starts = protocols.map((protocol) => `${protocol}://`);
  return text(`a URL that starts with ${starts.join(' or ')}`, (value) => {
    return starts.some((start) => value.toLowerCase().startsWith(start)) && URL.canParse(value);
  });
}

export const pageUrl: ValueType<string> = {
  allowed: 'a URL that starts with http:// or https://, without query and fragment',
  schema: url('http', 'https')
    .schema.refine((value) => !/[?#]/.test(value))
    .transform((value) => value.replace(/\/+$/, '')),
};

/** Without what would end a link in mail or Slack, and without a password that everybody would read. */
export const alertUrlTemplate = text(
  'a URL that starts with http:// or https:// and contains {id}, in ASCII, without spaces, quotes, <, >, |, \\, user name and password',
  (value) => {
    if (!value.includes('{id}') || !isHttpUrl(value) || /[\s"'`<>|\\]|[^\x20-\x7e]/.test(value)) return false;
    const url = value.replaceAll('{id}', '00000000-0000-4000-8000-000000000000');
    return URL.canParse(url) && new URL(url).username === '' && new URL(url).password === '';
  },
);

export function commaList(allowed: string, accepts: (value: string) => boolean): ValueType<readonly string[]> {
  return {
    allowed: `a comma-separated list of ${allowed}`,
    schema: z
      .string()
      .transform((value) => [...new Set(value.split(',').map((part) => part.trim()))].filter((part) => part !== ''))
      .refine((parts) => parts.every(accepts)),
  };
}

const HISTOGRAM = /^\s*([a-zA-Z_:][\w:]*)\s*\{\s*(\w+)\s*,\s*(\w+)\s*,\s*(\w+)\s*\}\s*$/;

/** Latency histograms, each with the labels that say method, route and status code, in this order. */
export const latencyHistograms: ValueType<readonly LatencyHistogramNames[]> = {
  allowed: 'a comma-separated list of names with three labels, such as request_seconds{method,path,code}',
  schema: z
    .string()
    .transform((value) => value.split(/(?<=\})\s*,/).map((part) => HISTOGRAM.exec(part)))
    .refine((parts) => parts.every((part) => part !== null))
    .transform((parts) =>
      parts.map((part) => {
        const [, metric = '', method = '', route = '', statusCode = ''] = part ?? [];
        return { metric, method, route, statusCode };
      }),
    ),
};

export function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}

export function isOrigin(value: string): boolean {
  return URL.canParse(value) && /^https?:\/\//.test(value) && new URL(value).origin === value;
}

export const currency = text('an ISO 4217 code in capitals, e.g. USD', isCurrency);

/** A name of the IANA database; newer runtimes take offsets such as +05:30 as zones as well. */
export function isTimeZone(name: string): boolean {
  return /^[a-z]/i.test(name) && IANAZone.isValidZone(name);
}

export const timeZone = text('an IANA time zone, e.g. Europe/Paris or Asia/Kolkata', isTimeZone);

/** E.164: a plus, then a country code and at most 15 digits in all. */
export function isPhoneNumber(value: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(value);
}

const EMAIL = /^[^\s@<>(),;:"\\[\]]{1,64}@[^\s@<>(),;:"\\[\]]{1,255}$/;

/** One bare address: nothing that could start another header or another recipient. */
export function isEmailAddress(value: string): boolean {
  return value.length <= 320 && EMAIL.test(value);
}

export const emailSender = text('an e-mail address, or Name <address>', (value) => {
  const named = /^[^<>"]*<([^<>]+)>$/.exec(value);
  return isEmailAddress(named?.[1] ?? value);
});
