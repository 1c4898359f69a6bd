import { defineJob, type JobProcessor } from './job.js';
import { registrationProblems, type Registration } from './registration.js';

const sweep = defineJob({ name: 'sweep', queue: 'maintenance' });
const prune = defineJob({ name: 'prune', queue: 'maintenance' });
const processor: JobProcessor = { process: async () => undefined };

function problems(registration: Partial<Registration>): string[] {
  return registrationProblems({
    jobs: [sweep],
    schedules: [],
    processors: [{ job: sweep, processor }],
    ...registration,
  });
}

it('is content when every job has one processor', () => {
  expect(problems({ schedules: [{ name: 'hourly-sweep', everySeconds: 3_600, job: sweep }] })).toEqual([]);
});

it('names a job that nobody processes', () => {
  expect(problems({ jobs: [sweep, prune] })).toEqual(['job maintenance/prune has no processor']);
});

it('names a job with two processors, or declared twice', () => {
  const twice = [
    { job: sweep, processor },
    { job: sweep, processor },
  ];
  expect(problems({ processors: twice })).toEqual(['job maintenance/sweep has more than one processor']);
  expect(problems({ jobs: [sweep, sweep] })).toEqual(['job maintenance/sweep is declared twice']);
});

it('names a processor of a job that no feature declares', () => {
  expect(problems({ jobs: [], processors: [{ job: sweep, processor }] })).toEqual([
    'maintenance/sweep has a processor but is not declared',
  ]);
});

it('names schedules that would fire the wrong job, at no time, or twice', () => {
  const schedule = { name: 'tick', everySeconds: 60, job: sweep };
  expect(problems({ schedules: [schedule, schedule] })).toEqual(['schedule tick is declared twice']);
  expect(problems({ schedules: [{ ...schedule, job: prune }] })).toEqual([
    'schedule tick starts maintenance/prune, which is not declared',
  ]);
  for (const everySeconds of [0, -1, 0.5, Number.NaN]) {
    expect(problems({ schedules: [{ ...schedule, everySeconds }] })).toEqual([
      'schedule tick needs whole seconds, 1 or more',
    ]);
  }
});

it('refuses names that do not fit into a job id', () => {
  expect(problems({ schedules: [{ name: 'tick:1', everySeconds: 60, job: sweep }] })).toEqual([
    'the name of schedule tick:1 is not kebab-case',
  ]);
});
