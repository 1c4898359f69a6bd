export { CURRENCY_CODES, isCurrency, isReadableCurrency, minorUnitDigits } from './iso-4217.js';
