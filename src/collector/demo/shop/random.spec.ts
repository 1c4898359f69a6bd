import { Choice, Random, wordsOf } from './random.js';

const random = (seed: string): Random => new Random(wordsOf(seed));

it('gives the same sequence for the same seed, and another for another', () => {
  const draw = (seed: string): number[] => {
    const source = random(seed);
    return Array.from({ length: 20 }, () => source.word());
  };
  expect(draw('a')).toEqual(draw('a'));
  expect(draw('a')).not.toEqual(draw('b'));
});

it.each([0.2, 3, 39, 41, 500])('counts %p on average where so many are expected', (mean) => {
  const source = random('count');
  const draws = Array.from({ length: 4_000 }, () => source.count(mean));
  const average = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  // Five standard errors of a Poisson mean.
  expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / draws.length));
});

it('draws half of all values below the median', () => {
  const source = random('median');
  const below = Array.from({ length: 4_000 }, () => source.around(45, 0.6)).filter((value) => value < 45).length;
  expect(Math.abs(below - 2_000)).toBeLessThan(160);
});

it('draws by weight', () => {
  const source = random('weights');
  const choice = new Choice([1, 3, 0], (weight) => weight);
  const draws = Array.from({ length: 4_000 }, () => choice.draw(source));
  expect(draws).not.toContain(0);
  expect(Math.abs(draws.filter((value) => value === 3).length - 3_000)).toBeLessThan(140);
});
