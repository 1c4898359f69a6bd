import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { AlertEvaluationEngine } from '../../src/alerts/evaluation/alert-evaluation-engine.service.js';
import type { EngineMetrics } from '../../src/alerts/evaluation/engine.metrics.js';
import { KnownGroups } from '../../src/alerts/evaluation/known-groups.service.js';
import { FutureTicks } from '../../src/alerts/evaluation/future-ticks.js';
import { EvaluationLog } from '../../src/alerts/evaluation/evaluation-log.service.js';
import { EvaluationTicks } from '../../src/alerts/evaluation/evaluation-ticks.service.js';
import type { SelfSampling } from '../../src/alerts/evaluation/self-sampling.service.js';
import { RuleSet } from '../../src/alerts/evaluation/rule-set.service.js';
import { TickWriter } from '../../src/alerts/evaluation/tick-writer.service.js';
import { WindowReader } from '../../src/alerts/evaluation/window-reader.service.js';
import { EpisodeService } from '../../src/alerts/episodes/episode.service.js';
import { AlertCatalogue } from '../../src/alerts/alert-catalogue.js';
import { AlertChanges } from '../../src/alerts/alert-changes.js';
import { SilencedResolutions } from '../../src/alerts/episodes/silenced-resolutions.js';
import { TransitionWriter } from '../../src/alerts/episodes/transition-writer.js';
import type { AlertConfig } from '../../src/alerts/domain/alert-config.js';
import { PreviewService } from '../../src/alerts/preview/preview.service.js';
import { AlertConfigRepository } from '../../src/alerts/store/alert-config.repository.js';
import { AlertDatabase } from '../../src/alerts/store/alert-database.js';
import { AlertStores } from '../../src/alerts/store/alert-stores.js';
import { EpisodeRepository } from '../../src/alerts/store/episode.repository.js';
import { EvaluationIncidentRepository } from '../../src/alerts/store/evaluation-incident.repository.js';
import { EvaluationNoteRepository } from '../../src/alerts/store/evaluation-note.repository.js';
import { FutureInstantRepository } from '../../src/alerts/store/future-instant.repository.js';
import { InstanceStateRepository } from '../../src/alerts/store/instance-state.repository.js';
import { SilenceRepository } from '../../src/alerts/store/silence.repository.js';
import { SilencedResolutionRepository } from '../../src/alerts/store/silenced-resolution.repository.js';
import { TickRepository } from '../../src/alerts/store/tick.repository.js';
import { EventJournal } from '../../src/collector/index.js';
import { PendingMarks } from '../../src/metrics/store/pending-marks.js';
import type { MetricRead } from '../../src/metrics/index.js';
import type { AlertNotice, AlertNotifier } from '../../src/notifications/index.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { Logger } from '../../src/platform/logging/index.js';
import { RollupBench } from '../rollups/rollup-bench.js';
import { aConfig } from './alert-builders.js';

/** Says that somebody is told, and remembers of what: who, is another room's matter. */
class RecordingNotifier {
  readonly notices: AlertNotice[] = [];
  /** Answers that nobody could be told. */
  mute = false;
  /** Fails for rules of this name. */
  failsFor: string | undefined;

  async planAll(_tx: unknown, notices: readonly AlertNotice[]): Promise<{ anySent: boolean; deliveries: [] }[]> {
    return notices.map((notice) => {
      if (notice.config.name === this.failsFor) throw new Error('This rule cannot be written.');
      this.notices.push(notice);
      return { anySent: !this.mute && notice.suppressed === undefined, deliveries: [] };
    });
  }

  async wake(): Promise<void> {}

  async takeBackFuture(): Promise<void> {}

  get told(): string[] {
    return this.notices.map(({ kind, suppressed }) => (suppressed ? `${kind} (${suppressed})` : kind));
  }
}

export interface HistoryRow {
  id: string;
  status: string;
  group_value: string | null;
  value: number | null;
  peak_value: number | null;
  resolved_value: number | null;
  resolved_by: string | null;
  note: string | null;
  triggered_at: Date;
  resolved_at: Date | null;
}

/** The engine on one database, with a clock that the test moves. */
export class AlertBench {
  readonly rollups: RollupBench;
  readonly notifier = new RecordingNotifier();
  /** Anew for every test: what it remembers of the data goes with the data. */
  private engine: AlertEvaluationEngine;
  private readonly newEngine: () => AlertEvaluationEngine;
  private readonly ticks: EvaluationTicks;
  readonly evaluations: EvaluationLog;
  readonly episodes: EpisodeService;
  readonly configs: AlertConfigRepository;
  readonly database: AlertDatabase;
  readonly preview: PreviewService;
  private readonly silences: SilenceRepository;
  /** Called before every read of a metric. */
  beforeRead: (read: MetricRead) => Promise<void> = async () => {};

  constructor(
    readonly dataSource: DataSource,
    { intervalSeconds = 1, zone = 'UTC' } = {},
  ) {
    this.rollups = new RollupBench(dataSource);
    const { clock, catalogue, partitions, reader } = this.rollups;
    const config = loadConfig({
      DATA_DIR: '.',
      JWT_SECRET: 't'.repeat(64),
      ALERT_EVALUATION_INTERVAL_SECONDS: String(intervalSeconds),
      STORE_TIME_ZONE: zone,
    });
    const log = Logger.create('silent');
    this.configs = new AlertConfigRepository(dataSource);
    this.database = new AlertDatabase(dataSource);
    this.silences = new SilenceRepository(dataSource);
    const states = new InstanceStateRepository();
    const history = new EpisodeRepository();
    const ticks = new TickRepository();
    const incidents = new EvaluationIncidentRepository();
    const stores = new AlertStores(states, history, ticks, new EvaluationNoteRepository(dataSource), incidents);
    const journal = new EventJournal(partitions, clock, config, [new PendingMarks(catalogue)]);
    const notifier = this.notifier as unknown as AlertNotifier;
    const future = new FutureTicks(new FutureInstantRepository(), notifier, log);
    const silenced = new SilencedResolutions(new SilencedResolutionRepository(), history, notifier);
    const writer = new TransitionWriter(
      states,
      history,
      journal,
      notifier,
      new AlertCatalogue(catalogue, config),
      new AlertChanges(),
      silenced,
    );
    this.episodes = new EpisodeService(this.database, stores, writer, this.silences, clock);
    const everyMinute = { ...config, alerts: { evaluationIntervalSeconds: 60 } };
    this.preview = new PreviewService(reader, catalogue, this.rollups.policy, clock, everyMinute);
    const watched = Object.assign(Object.create(reader) as typeof reader, {
      read: async (read: MetricRead) => {
        await this.beforeRead(read);
        return reader.read(read);
      },
    });
    this.newEngine = () =>
      new AlertEvaluationEngine(
        new RuleSet(this.configs, ticks, this.database, catalogue, config),
        new WindowReader(watched, catalogue, config),
        new KnownGroups(reader),
        new TickWriter(this.database, stores, writer, this.silences, silenced, future, log),
        silentMetrics,
        clock,
        config,
      );
    this.engine = this.newEngine();
    this.evaluations = new EvaluationLog(incidents, ticks, this.database, config);
    const noSampling = { sample: async () => undefined } as unknown as SelfSampling;
    const engine = { evaluate: (at: Date) => this.engine.evaluate(at) } as AlertEvaluationEngine;
    this.ticks = new EvaluationTicks(engine, noSampling, ticks, this.database, clock, config);
  }

  async add(overrides: Partial<AlertConfig> = {}): Promise<AlertConfig> {
    const config = aConfig({ id: randomUUID(), ...overrides });
    await this.database.transaction((tx) => this.configs.insert(tx, [config]));
    return config;
  }

  /** Epoch milliseconds. Answers the id of the silence. */
  async silence(configId: string, { from, to }: { from: number; to: number }): Promise<string> {
    const id = randomUUID();
    await this.silences.insert({
      id,
      matchers: { configId },
      startsAt: new Date(from),
      endsAt: new Date(to),
      reason: 'Maintenance.',
      createdAt: new Date(from),
      createdBy: 'tester',
      endedAt: null,
      endedBy: null,
    });
    return id;
  }

  async endSilence(id: string, at: number): Promise<void> {
    await this.silences.end(id, new Date(at), 'tester');
  }

  /** Moves the clock there, and evaluates. */
  async tick(at: string | number) {
    this.rollups.clock.at = typeof at === 'number' ? at : Date.parse(at);
    return this.engine.evaluate(this.rollups.clock.now());
  }

  /** Evaluates a tick without moving the clock. */
  evaluate(at: number) {
    return this.engine.evaluate(new Date(at));
  }

  /** The clock is there, and the job of a tick comes. */
  async job({ now, scheduled }: { now: number; scheduled: number }) {
    this.rollups.clock.at = now;
    return this.ticks.run(new Date(scheduled));
  }

  history(): Promise<HistoryRow[]> {
    return this.dataSource.query('SELECT * FROM alert_history ORDER BY triggered_at, group_value');
  }

  /** The id of the one alert there is. */
  async onlyAlert(): Promise<string> {
    const [row, ...others] = await this.history();
    if (!row || others.length > 0) throw new Error('There is not exactly one alert.');
    return row.id;
  }

  async clear(): Promise<void> {
    await this.rollups.clear();
    await this.dataSource.query(TABLES.map((table) => `DELETE FROM ${table}`).join(';'));
    await this.dataSource.query(`UPDATE alert_engine SET last_tick = '-infinity'`);
    this.notifier.notices.length = 0;
    this.notifier.mute = false;
    this.notifier.failsFor = undefined;
    this.beforeRead = async () => {};
    this.restart();
  }

  /** The process that evaluates begins anew, and knows what is stored. */
  restart(): void {
    this.engine = this.newEngine();
  }
}

const TABLES = [
  'alert_configs',
  'alert_states',
  'alert_history',
  'alert_transitions',
  'alert_evaluation_notes',
  'alert_silences',
  'alert_silenced_resolutions',
  'alert_evaluation_incidents',
];
const silentMetrics = {
  evaluated: () => undefined,
  skipped: () => undefined,
  failed: () => undefined,
  went: () => undefined,
} as unknown as EngineMetrics;
