/** Set by `npm run soak` (jest.soak.config.js), which may take hours where CI has ten minutes. */
export const inSoak = process.env.SOAK === '1';

const noTest = Object.assign((): void => undefined, { each: () => noTest });

/**
 * A test that only `npm run soak` runs. In other runs there is no such test, so that none is counted as skipped.
 * jest.soak.config.js takes every file that uses it.
 */
export const itInSoak: typeof it = inSoak ? it : (noTest as unknown as typeof it);
