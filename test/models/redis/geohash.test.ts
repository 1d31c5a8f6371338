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
