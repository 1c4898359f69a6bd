/** What a command's exit status says. Scripts rely on the numbers. */
export const ExitCode = {
  ok: 0,
  /** It could not do what was asked; the message says why. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** Everything was done, but part of the input was refused. */
  rejected: 3,
  /** Stopped by SIGINT (128 + 2), the shells' convention. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
