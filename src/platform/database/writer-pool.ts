/** Injection token of the `pg.Pool` that the collector writes events with. Nothing else uses it. */
export const WRITER_POOL = Symbol('WRITER_POOL');
