const SEGMENT = /^[\w-]+$/;

/**
 * The header of a token that has the shape of a JWT: three parts, of which header and payload are JSON objects. Libraries
 * throw in places of their own for what is not, so nothing else is handed to them.
 * @returns `undefined` for anything else
 */
export function readTokenHeader(token: string): { readonly kid?: string } | undefined {
  const [header, payload, signature, ...more] = token.split('.');
  if (more.length > 0 || signature === undefined) return undefined;
  const fields = objectIn(header);
  if (fields === undefined || objectIn(payload) === undefined) return undefined;
  if (fields.kid !== undefined && typeof fields.kid !== 'string') return undefined;
  return typeof fields.alg === 'string' ? fields : undefined;
}

function objectIn(segment: string | undefined): Record<string, unknown> | undefined {
  if (segment === undefined || !SEGMENT.test(segment)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
