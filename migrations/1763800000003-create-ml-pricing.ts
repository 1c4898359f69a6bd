import { TOKEN_PRICES } from './ml-token-prices.js';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The price table of ML providers, with public list prices to begin with, and who replaced it when. */
export class CreateMlPricing1763800000003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`CREATE TABLE ml_pricing (
      provider text NOT NULL,
      model text NOT NULL,
      valid_from date NOT NULL,
      usd_per_job numeric,
      usd_per_second numeric,
      usd_per_input_unit numeric,
      usd_per_output_unit numeric,
      CONSTRAINT ml_pricing_pkey PRIMARY KEY (provider, model, valid_from)
    )`);
    await db.query(`CREATE TABLE ml_pricing_changes (
      id bigserial,
      changed_at timestamptz NOT NULL DEFAULT now(),
      changed_by text NOT NULL,
      before jsonb NOT NULL,
      after jsonb NOT NULL,
      CONSTRAINT ml_pricing_changes_pkey PRIMARY KEY (id)
    )`);
    await seed(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE ml_pricing_changes');
    await db.query('DROP TABLE ml_pricing');
  }
}

/** Before anything that can be backfilled. */
const VALID_FROM = '2024-01-01';
const TOKENS_A_PRICE = 1_000_000;

/** Replicate bills the seconds of the hardware a model runs on: by the hardware's name, else as an Nvidia L40S. */
const SECONDS = [
  ['*', '0.000975'],
  ['nvidia-t4', '0.000225'],
  ['nvidia-l40s', '0.000975'],
  ['nvidia-a100-80gb', '0.0014'],
  ['nvidia-h100', '0.001525'],
].map(([model, usd]) => ({ provider: 'replicate', model, valid_from: VALID_FROM, usd_per_second: usd }));

/** Tripo bills credits of 0.01 USD: a textured model from text is 20 of them, one from an image 30. */
const JOBS = [
  ['*', '0.2'],
  ['text-to-model', '0.2'],
  ['image-to-model', '0.3'],
].map(([model, usd]) => ({ provider: 'tripo', model, valid_from: VALID_FROM, usd_per_job: usd }));

async function seed(db: QueryRunner): Promise<void> {
  await db.query(
    `INSERT INTO ml_pricing SELECT * FROM jsonb_to_recordset($1::jsonb) AS seed (provider text, model text,
       valid_from date, usd_per_job numeric, usd_per_second numeric, usd_per_input_unit numeric, usd_per_output_unit numeric)`,
    [JSON.stringify([...SECONDS, ...JOBS])],
  );
  for (const [provider, model, input, output] of TOKEN_PRICES) {
    await db.query(
      `INSERT INTO ml_pricing (provider, model, valid_from, usd_per_input_unit, usd_per_output_unit)
       VALUES ($1, $2, $3, $4::numeric / ${TOKENS_A_PRICE}, $5::numeric / ${TOKENS_A_PRICE})`,
      [provider, model, VALID_FROM, input, output],
    );
  }
}
