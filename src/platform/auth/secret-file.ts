import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../errors/index.js';

const FILE_NAME = 'jwt-secret';
const SECRET_BYTES = 48;
/** HS256's own strength; nothing this service wrote is shorter. */
const SECRET_MIN_LENGTH = 32;

export class SecretFileError extends DomainError {
  readonly code = 'secret-file-unusable';
}

/**
 * The JWT secret of this data folder, made when there is none yet. Whoever comes first makes it: the others, in
 * whichever process, read the same.
 */
export async function loadOrCreateSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, FILE_NAME);
  return (await readSecret(path)) ?? (await createSecret(dataDir, path));
}

async function readSecret(path: string): Promise<string | undefined> {
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new SecretFileError(`The JWT secret in ${path} cannot be read (${error.code}).`, { cause: error });
  });
  const secret = content?.trim();
  if (secret !== undefined && secret.length < SECRET_MIN_LENGTH) {
    throw new SecretFileError(
      `${path} is too short to be a JWT secret. Delete it to get a new one; older tokens then end.`,
    );
  }
  return secret;
}

/** Written beside and then linked under its name, which fails if the name is taken: no one ever reads half a secret. */
async function createSecret(dataDir: string, path: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const draft = join(dataDir, `.${FILE_NAME}-${randomUUID()}`);
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${randomBytes(SECRET_BYTES).toString('base64url')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  const secret = await readSecret(path);
  if (secret === undefined) throw new SecretFileError(`${path} vanished while it was being made.`);
  return secret;
}
