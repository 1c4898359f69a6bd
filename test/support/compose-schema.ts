const texts = { type: 'array', items: { type: 'string' }, minItems: 1 };
const duration = { type: 'string', pattern: '^\\d+(ms|s|m|h)$' };
const scalar = { type: ['string', 'number', 'boolean'] };
const name = { pattern: '^[a-z][a-z0-9_-]*$' };

/** An object of nothing but these properties. */
const exactly = (properties: object, required: string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const named = (value: object): object => ({ type: 'object', propertyNames: name, additionalProperties: value });

const healthcheck = exactly(
  {
    test: { type: 'array', items: [{ enum: ['CMD', 'CMD-SHELL'] }], additionalItems: { type: 'string' }, minItems: 2 },
    interval: duration,
    timeout: duration,
    retries: { type: 'integer', minimum: 1 },
  },
  ['test', 'interval', 'timeout', 'retries'],
);

const service = exactly(
  {
    image: { type: 'string', pattern: '^[a-z0-9./-]+(:[\\w.-]+)?$' },
    build: { type: 'string' },
    init: { type: 'boolean' },
    restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
    stop_grace_period: duration,
    depends_on: named(
      exactly({ condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] } }, [
        'condition',
      ]),
    ),
    command: texts,
    environment: { type: 'object', propertyNames: { pattern: '^[A-Z][A-Z0-9_]*$' }, additionalProperties: scalar },
    ports: { ...texts, items: { type: 'string', pattern: '^(\\d+(\\.\\d+){3}:)?\\d+:\\d+$' } },
    shm_size: { type: 'string', pattern: '^\\d+(kb|mb|gb)$' },
    secrets: texts,
    volumes: { ...texts, items: { type: 'string', pattern: '^[^:]+:/[^:]+(:ro)?$' } },
    healthcheck,
  },
  ['image', 'restart'],
);

/** The part of the Compose file format that docker-compose.yml uses, strictly: a key that is misspelt is not in it. */
export const composeSchema = {
  type: 'object',
  additionalProperties: false,
  patternProperties: { '^x-': {} },
  required: ['name', 'services'],
  properties: {
    name: { type: 'string', ...name },
    services: named(service),
    secrets: named(exactly({ environment: { type: 'string' } }, ['environment'])),
    volumes: named({ type: 'null' }),
  },
};
