/** `events`, `3`, `duration_ms` → `events[3].duration_ms`. */
export function appendToPath(path: string, name: string): string {
  if (/^\d+$/.test(name) && path !== '') return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}
