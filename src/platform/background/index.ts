export { BackgroundLoop } from './background-loop.js';
export { TimeSlices } from './time-slices.js';
