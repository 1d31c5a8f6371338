import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  distance,
  distanceWithin,
  geohashText,
  placeOfScore,
  type Shape,
  scoreOfPlace,
  scoreRanges,
} from '../../../src/models/redis/geohash.js';

const place = fc.record({
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -85, max: 85, noNaN: true }),
});
const length = fc.double({ min: 0, max: 3_000_000, noNaN: true });
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ kind: fc.constant('circle' as const), center: place, radius: length }),
  fc.record({ kind: fc.constant('box' as const), center: place, width: length, height: length }),
);

it('scores places as Redis does', () => {
  expect(scoreOfPlace({ longitude: 13.361389, latitude: 38.115556 })).toBe(3_479_099_956_230_698);
  expect(geohashText(3_479_099_956_230_698)).toBe('sqc8b49rny0');
  expect(placeOfScore(3_479_099_956_230_698)).toEqual({ longitude: 13.361389338970184, latitude: 38.1155563954963 });
});

it('prop: a score leads back to within a metre', () => {
  fc.assert(fc.property(place, (one) => distance(one, placeOfScore(scoreOfPlace(one))) < 1));
});

it('prop: what lies within a shape away from the edge of the map lies in its ranges of scores', () => {
  const inner = place.filter(({ longitude, latitude }) => Math.abs(longitude) < 120 && Math.abs(latitude) < 60);
  fc.assert(
    fc.property(shape, inner, inner, (one, center, other) => {
      const around = { ...one, center };
      const near = {
        longitude: (center.longitude + other.longitude) / 2,
        latitude: (center.latitude + other.latitude) / 2,
      };
      for (const candidate of [other, near, center].map((at) => scoreOfPlace(at))) {
        const inside = distanceWithin(around, placeOfScore(candidate)) !== undefined;
        const covered = scoreRanges(around).some(([from, to]) => from <= candidate && candidate < to);
        if (inside) expect(covered).toBe(true);
      }
    }),
  );
});

it('makes a place of any score, as Redis 7.0.15 does', () => {
  const corner = { longitude: 180, latitude: 85.05112878 };
  expect([placeOfScore(-3), placeOfScore(-1)]).toEqual([corner, corner]);
  expect(geohashText(1e20)).toBe('00bh0hbj200');
  for (const score of [Infinity, -Infinity, 2 ** 63, -(2 ** 63), 0.5]) expect(geohashText(score)).toHaveLength(11);
});
