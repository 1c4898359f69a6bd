import { setImmediate } from 'node:timers';

/** Something took longer than its caller can wait. The work itself goes on; its result is dropped. */
export class DeadlineExceededError extends Error {
  constructor(what: string, ms: number) {
    super(`${what} took longer than ${ms} ms.`);
    this.name = 'DeadlineExceededError';
  }
}

/** The result of `work`, or a {@link DeadlineExceededError} after `ms`. A late rejection of `work` is swallowed. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    // What arrived while this process was busy is read first: that it looks late is this process's doing.
    timer = setTimeout(() => setImmediate(() => reject(new DeadlineExceededError(what, ms))), ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
