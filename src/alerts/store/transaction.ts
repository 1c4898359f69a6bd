import type { EntityManager } from 'typeorm';

/** The handle of an open transaction. Whoever is given one uses it and nothing else. */
export type Transaction = EntityManager;
