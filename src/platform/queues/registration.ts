import type { JobDefinition, JobProcessor } from './job.js';
import type { Schedule } from './schedule/schedule.js';

export interface ProcessorOf {
  readonly job: JobDefinition;
  readonly processor: JobProcessor;
}

export interface Registration {
  readonly jobs: readonly JobDefinition[];
  readonly schedules: readonly Schedule[];
  readonly processors: readonly ProcessorOf[];
}

const NAME = /^[a-z][a-z0-9-]*$/;

/** Everything that would keep a job from being run, or run it at the wrong place; empty when all is well. */
export function registrationProblems({ jobs, schedules, processors }: Registration): string[] {
  const declared = new Set(jobs.map(fullName));
  const handled = processors.map(({ job }) => fullName(job));
  return [
    ...jobs.filter(({ name }) => !NAME.test(name)).map((job) => `the name of job ${fullName(job)} is not kebab-case`),
    ...repeated(jobs.map(fullName)).map((name) => `job ${name} is declared twice`),
    ...[...declared].filter((name) => !handled.includes(name)).map((name) => `job ${name} has no processor`),
    ...repeated(handled).map((name) => `job ${name} has more than one processor`),
    ...handled.filter((name) => !declared.has(name)).map((name) => `${name} has a processor but is not declared`),
    ...repeated(schedules.map(({ name }) => name)).map((name) => `schedule ${name} is declared twice`),
    ...schedules.flatMap((schedule) => scheduleProblems(schedule, declared)),
  ];
}

function scheduleProblems({ name, everySeconds, job }: Schedule, declared: ReadonlySet<string>): string[] {
  return [
    ...(NAME.test(name) ? [] : [`the name of schedule ${name} is not kebab-case`]),
    ...(Number.isInteger(everySeconds) && everySeconds > 0 ? [] : [`schedule ${name} needs whole seconds, 1 or more`]),
    ...(declared.has(fullName(job)) ? [] : [`schedule ${name} starts ${fullName(job)}, which is not declared`]),
  ];
}

function fullName({ queue, name }: JobDefinition): string {
  return `${queue}/${name}`;
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
