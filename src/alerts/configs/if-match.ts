/** Whether an `If-Match` header allows an edit of this version: `"3"`, a list of such, or `*`. */
export function namesVersion(header: string, version: number): boolean {
  return header
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || tag === `"${version}"` || tag === String(version));
}

/** The `ETag` of a config. */
export function tagOfVersion(version: number): string {
  return `"${version}"`;
}
