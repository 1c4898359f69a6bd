import type { Pool } from 'pg';

/** Writes down every tick of the alert engine that takes effect, in the transaction in which it does. */
export async function logEffectiveTicks(database: Pool): Promise<void> {
  await database.query(`CREATE TABLE effective_ticks (tick timestamptz NOT NULL, at bigserial)`);
  await database.query(`CREATE FUNCTION log_tick() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO effective_ticks (tick) VALUES (NEW.last_tick); RETURN NULL; END'`);
  await database.query('CREATE TRIGGER log AFTER UPDATE ON alert_engine FOR EACH ROW EXECUTE FUNCTION log_tick()');
}

/** Ticks that took effect twice, or after a later one. */
export async function repeatedTicks(database: Pool): Promise<Date[]> {
  const { rows } = await database.query<{ tick: Date }>(
    `SELECT tick FROM (SELECT tick, lag(tick) OVER (ORDER BY at) AS before FROM effective_ticks) t WHERE tick <= before`,
  );
  return rows.map(({ tick }) => tick);
}
