export type { Batch } from './reading/batch.js';
export { deliver } from './sending/delivery.js';
export { DEFAULT_BATCH_SIZE, DEFAULT_CONNECTIONS, openSender, type OpenSender } from './sending/open-sender.js';
export { Tally, type BatchOutcome, type TallyState } from './sending/tally.js';
export { describeTally } from './tally-report.js';
export { StateFolder } from './state-folder.js';
