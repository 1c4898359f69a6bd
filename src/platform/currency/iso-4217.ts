/**
 * ISO 4217, list one as published on 2026-01-01: the codes of money in use that have a minor unit, by the number of its
 * digits. Written out here because the runtime knows everyday digits (CLDR), which differ from the standard and change
 * with its version. Codes without a minor unit (XAU, XDR, XTS, XXX) are no money that an order can be paid in.
 */
const CODES_BY_MINOR_UNIT_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY ' +
    'COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS ' +
    'INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR ' +
    'MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP ' +
    'STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/**
 * Codes that earlier versions of this service accepted: withdrawn since, or without a minor unit. New events cannot have
 * them; what is stored with them can still be read.
 */
const FORMERLY_ACCEPTED = new Set('ANG BGN CUC HRK SLL XDR XSU ZWL'.split(' '));

/** For money whose code the standard gives no minor unit. */
const DEFAULT_DIGITS = 2;

const digitsByCode = new Map(
  Object.entries(CODES_BY_MINOR_UNIT_DIGITS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(digits)]),
  ),
);

/** Codes that new events may have, in alphabetical order. */
export const CURRENCY_CODES: readonly string[] = [...digitsByCode.keys()].sort();

/** Whether new events may have this code. */
export function isCurrency(code: string): boolean {
  return digitsByCode.has(code);
}

/** Whether stored events may have this code: it is in use, or earlier versions accepted it. */
export function isReadableCurrency(code: string): boolean {
  return digitsByCode.has(code) || FORMERLY_ACCEPTED.has(code);
}

/** Digits of the minor unit by ISO 4217: 2 for USD and HUF, 0 for JPY, 3 for KWD, 4 for CLF. */
export function minorUnitDigits(currency: string): number {
  return digitsByCode.get(currency) ?? DEFAULT_DIGITS;
}
