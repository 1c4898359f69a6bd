/** Bounds of a rule's fields. Where the contract names none: wide enough for every use that makes sense. */
export const LIMITS = {
  nameLength: 200,
  textLength: 2_000,
  /** As long as a dimension's value may be in an event. */
  valueLength: 500,
  urlLength: 2_048,
  filters: 20,
  labels: 50,
  labelKeyLength: 100,
  recipients: 500,
  windowSeconds: { min: 60, max: 86_400 },
  forSeconds: { min: 0, max: 86_400 },
  /** 30 days. */
  cooldownSeconds: { min: 0, max: 2_592_000 },
  renotifySeconds: { min: 1, max: 2_592_000 },
  evaluationDelaySeconds: { min: 0, max: 86_400 },
  minSamples: { min: 0, max: 1_000_000_000 },
  /** What a double holds to a unit, as amounts of events do. */
  threshold: 1e15,
  /** Rules in one import, and so in one installation that wants to be exported and imported again. */
  configs: 10_000,
  silenceDays: 366,
} as const;

/** The hour of the day is what an anomaly compares. */
export const ANOMALY_WINDOW_SECONDS = 3_600;
