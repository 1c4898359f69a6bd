import pg from 'pg';

let sent = 0;
const { query } = pg.Client.prototype;
// From the start: connections that are already open may hold on to the method that they found.
pg.Client.prototype.query = function counted(...args) {
  sent += 1;
  return query.apply(this, args);
};

/** Counts the statements that this process sends to PostgreSQL, over whichever connection, while `work` runs. */
export async function countStatements(work) {
  const before = sent;
  const result = await work();
  return { result, count: sent - before };
}
