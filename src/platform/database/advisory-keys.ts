/**
 * Keys of PostgreSQL's advisory locks (two 32-bit numbers; they are per database). All of the service's are here, so
 * that no two purposes share one by accident. Locks by name use the one-number form, which cannot collide with these.
 */
const SERVICE = 0x414e4c59; // "ANLY"

/** Held for its whole life by the one process that runs an embedded database. */
export const INSTANCE_LOCK = [SERVICE, 1] as const;
/** Held while tables are made, changed or dropped: migrations and partitions. */
export const SCHEMA_LOCK = [SERVICE, 2] as const;
