export { ClockModule } from './clock.module.js';
export { Clock, CLOCK_TOLERANCE_MS, isInFuture, SystemClock, type ClockReading } from './clock.js';
