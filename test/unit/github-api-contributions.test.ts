import { expect, it } from 'vitest';
import { contributionsBody } from '../../src/main/http/github-api/bodies.ts';

it('tells contributions as the pages of Trackeep read them, too', () => {
  const days = [0, 1, 2, 3, 4, 5, 6, 8, 9, 40].map((count, index) => ({ day: 20_000 + index, count }));
  const body = contributionsBody({ days, weeks: [{ week: 20_000, count: 78 }], total: 78, askedAt: null });
  expect(body.contributions.map(({ level }) => level)).toEqual([0, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  expect(body.contributions[1]).toEqual({ date: '2024-10-05', count: 1, level: 1 });
  expect(body).toMatchObject({ weekly_data: [3, 4, 5, 6, 8, 9, 40], total_count: 78, total: 78 });
});
