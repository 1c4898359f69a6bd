/**
 * A transaction that somebody else has begun, as TypeORM's `EntityManager` is one: `query` answers the rows of a SELECT
 * or an `INSERT … RETURNING`.
 */
export interface TransactionHandle {
  // The shape of the method of TypeORM.
  query<T = unknown>(sql: string, parameters?: unknown[]): Promise<T>;
}
