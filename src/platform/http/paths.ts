/** Where the features live. */
export const API_PREFIX = 'api/v1/analytics';

/** Controllers that stand at the root instead; `API.md`, "Around it". */
export const ROOT_PATHS = ['health/live', 'health/ready', 'metrics', 'admin/queues', 'admin/queues/*path'];

/** What a process without HTTP features (`APP_ROLE=worker`) still answers. */
export function isOperational(path: string): boolean {
  return path === '/metrics' || path === '/health/live' || path === '/health/ready';
}

/** The path of a request target, without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
