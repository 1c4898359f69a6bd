/** The sum of a series' samples over several expositions, of those that have these labels. */
export function sumOf(
  expositions: readonly string[],
  series: string,
  labels: Readonly<Record<string, string>>,
): number {
  const samples = expositions.flatMap((text) => [...text.matchAll(new RegExp(`^${series}\\{(.*)\\} (\\S+)$`, 'gm'))]);
  const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return samples
    .filter(([, own = '']) => wanted.every((label) => own.split(',').includes(label)))
    .reduce((sum, [, , value]) => sum + Number(value), 0);
}
