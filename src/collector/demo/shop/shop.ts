import { drawBackgroundRequest } from './api-traffic.js';
import { makeAssortment, ShopWindow } from './assortment.js';
import { Calendar } from './calendar.js';
import { EventIds } from './event-ids.js';
import { writeSlot } from './json-lines.js';
import { drawMlWork, EVENTS_PER_ML_WORK } from './ml-jobs.js';
import { HOUR_MS, planWords, SLOT_MS, SLOTS_PER_HOUR, type Period, type ShopPlan } from './plan.js';
import { Random } from './random.js';
import { Scene } from './scene.js';
import { Stock } from './stock.js';
import { Timeline } from './timeline.js';
import { Visit } from './visits.js';

/** How a day's events are made up. */
const FROM_VISITS = 0.76;
const FROM_BACKGROUND = 0.17;
const FROM_ML = 0.07;
/** What a visit comes to on average, with its requests and the orders after it; counted in some 90,000 of them. */
const EVENTS_PER_VISIT = 5.2;
const UNITS_PER_VISIT = 0.043;
const HOURS_PER_DAY = 24;

/**
 * Draws the events of a shop slot by slot, each from chance of its own: an event is the same whenever, and as part of
 * whatever period, it is drawn. Only stock levels know what came before.
 */
export class Shop {
  readonly calendar: Calendar;
  private readonly words: [number, number, number, number];
  private readonly window: ShopWindow;

  constructor(private readonly plan: ShopPlan) {
    this.words = planWords(plan);
    this.calendar = new Calendar(this.words);
    this.window = new ShopWindow(makeAssortment(plan.collections));
  }

  /**
   * The JSON texts of a period's events, a slot at a time, in the order of their times.
   * @param onDrawn hears up to when (milliseconds since 1970) everything has been drawn
   */
  *draw(period: Period, onDrawn: (untilMs: number) => void = () => undefined): Generator<string[]> {
    const timeline = new Timeline();
    const firstSlot = Math.floor(period.fromMs / SLOT_MS);
    const unitsPerDay = ((this.plan.eventsPerDay * FROM_VISITS) / EVENTS_PER_VISIT) * UNITS_PER_VISIT;
    const stock = new Stock(this.window.products, unitsPerDay, Math.floor(period.fromMs / HOUR_MS));
    for (let slot = firstSlot; slot * SLOT_MS <= period.untilMs; slot += 1) {
      this.drawSlot(slot, timeline, stock);
      const events = timeline.take(slot).filter(({ atMs }) => atMs <= period.untilMs);
      for (const event of events) if (event.fields.event_type === 'inventory') stock.settle(event);
      onDrawn(Math.min((slot + 1) * SLOT_MS, period.untilMs));
      yield writeSlot(slot, events);
    }
  }

  private drawSlot(slot: number, timeline: Timeline, stock: Stock): void {
    const hour = Math.floor(slot / SLOTS_PER_HOUR);
    const random = new Random(
      this.words.map((word, index) => word ^ Math.imul(slot, 2 * index + 1)) as typeof this.words,
    );
    const scene = new Scene(this.window, this.plan.currencies, {
      random,
      timeline,
      ids: new EventIds(this.words, slot),
      startMs: slot * SLOT_MS,
      incident: this.calendar.isIncident(hour),
    });
    const events = (this.plan.eventsPerDay * this.calendar.share(hour)) / SLOTS_PER_HOUR;
    repeat(random.count((events * FROM_VISITS) / EVENTS_PER_VISIT), () => new Visit(scene).draw());
    repeat(random.count(events * FROM_BACKGROUND), () => drawBackgroundRequest(scene));
    // The pipelines work around the clock.
    const mlEvents = (this.plan.eventsPerDay / HOURS_PER_DAY / SLOTS_PER_HOUR) * FROM_ML;
    repeat(random.count(mlEvents / EVENTS_PER_ML_WORK), () => drawMlWork(scene));
    if (slot % SLOTS_PER_HOUR === 0) stock.deliver(scene, hour);
  }
}

function repeat(times: number, action: () => void): void {
  for (let i = 0; i < times; i += 1) action();
}
