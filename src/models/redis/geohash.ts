/**
 * Places on the globe as scores of a sorted set: longitude and latitude in 26 bits each, one bit of either in turn, so
 * that near places mostly have near scores.
 *
 * @see https://redis.io/docs/latest/commands/geoadd/ and https://en.wikipedia.org/wiki/Geohash
 */

export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

/** What a search covers; sizes in metres. */
export type Shape =
  | { readonly kind: 'circle'; readonly center: Place; readonly radius: number }
  | { readonly kind: 'box'; readonly center: Place; readonly width: number; readonly height: number };

/** A cell of the grid with 2^step columns and rows. */
interface Cell {
  readonly column: number;
  readonly row: number;
  readonly step: number;
}

interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** What Web Mercator shows. */
export const LARGEST_LATITUDE = 85.05112878;
export const LARGEST_LONGITUDE = 180;
const EARTH_RADIUS = 6_372_797.560856;
const MERCATOR_HALF = 20_037_726.37;
const STEPS = 26;
const DEGREE = Math.PI / 180;
const MERCATOR: Bounds = {
  west: -LARGEST_LONGITUDE,
  south: -LARGEST_LATITUDE,
  east: LARGEST_LONGITUDE,
  north: LARGEST_LATITUDE,
};
const WHOLE: Bounds = { west: -180, south: -90, east: 180, north: 90 };

const ALPHABET = '0123456789bcdefghjkmnpqrstuvwxyz';

/** The score of a place within the bounds of Web Mercator. */
export function scoreOfPlace(place: Place): number {
  return lowestScore(cellOf(place, STEPS, MERCATOR));
}

/** The middle of the cell that a score stands for. */
export function placeOfScore(score: number): Place {
  const bits = bitsOf(score);
  const { west, south, east, north } = boundsOf({ column: gather(bits >> 1n), row: gather(bits), step: STEPS });
  const clamp = (value: number, most: number) => Math.max(-most, Math.min(most, value));
  return {
    longitude: clamp((west + east) / 2, LARGEST_LONGITUDE),
    latitude: clamp((south + north) / 2, LARGEST_LATITUDE),
  };
}

/** A score that is no place is taken as the processor turns it into an unsigned number. */
function bitsOf(score: number): bigint {
  if (score >= 2 ** 64) return 0n;
  return score < -(2 ** 63) ? 2n ** 63n : BigInt.asUintN(64, BigInt(Math.trunc(score)));
}

/** The geohash text of a score, whose last letter carries nothing. */
export function geohashText(score: number): string {
  const { column, row } = cellOf(placeOfScore(score), STEPS, WHOLE);
  const bits = (spread(column) << 1n) | spread(row);
  let text = '';
  for (let i = 1; i <= 10; i++) text += ALPHABET[Number((bits >> BigInt(2 * STEPS - 5 * i)) & 31n)];
  return `${text}0`;
}

/** Metres between two places along the surface. */
export function distance(a: Place, b: Place): number {
  const v = Math.sin((b.longitude * DEGREE - a.longitude * DEGREE) / 2);
  if (v === 0) return latitudeDistance(a.latitude, b.latitude);
  const u = Math.sin((b.latitude * DEGREE - a.latitude * DEGREE) / 2);
  const squared = u * u + Math.cos(a.latitude * DEGREE) * Math.cos(b.latitude * DEGREE) * v * v;
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(squared));
}

const latitudeDistance = (a: number, b: number): number => EARTH_RADIUS * Math.abs(b * DEGREE - a * DEGREE);

/** Metres from the centre of a shape to a place; undefined when the place lies outside. */
export function distanceWithin(shape: Shape, place: Place): number | undefined {
  const { center } = shape;
  if (shape.kind === 'circle') {
    const found = distance(center, place);
    return found > shape.radius ? undefined : found;
  }
  if (latitudeDistance(place.latitude, center.latitude) > shape.height / 2) return undefined;
  const across = distance(place, { longitude: center.longitude, latitude: place.latitude });
  return across > shape.width / 2 ? undefined : distance(center, place);
}

/** Ranges of scores, `from` included and `to` not, in which everything within a shape lies, in Redis's order. */
export function scoreRanges(shape: Shape): ReadonlyArray<readonly [from: number, to: number]> {
  const bounds = boundsOfShape(shape);
  let step = stepFor(shape);
  if (step > 1 && !neighborsReach(cellOf(shape.center, step, MERCATOR), bounds)) step--;
  const cell = cellOf(shape.center, step, MERCATOR);
  const area = boundsOf(cell);
  // Neighbours that the shape does not reach are left out, once cells are small enough to tell.
  const needs = {
    north: step < 2 || area.north <= bounds.north,
    south: step < 2 || area.south >= bounds.south,
    east: step < 2 || area.east <= bounds.east,
    west: step < 2 || area.west >= bounds.west,
  };
  const cells = [cell];
  for (const [east, north] of NEIGHBORS) {
    const needed =
      (north <= 0 || needs.north) &&
      (north >= 0 || needs.south) &&
      (east <= 0 || needs.east) &&
      (east >= 0 || needs.west);
    if (needed) cells.push(neighbor(cell, east, north));
  }
  const starts = cells.map(lowestScore);
  const size = 4 ** (STEPS - step);
  // Cells that fall together, as they do when few cover the globe, follow each other.
  return starts.filter((start, i) => i === 0 || start !== starts[i - 1]).map((start) => [start, start + size]);
}

/** North, south, east, west, then the corners: steps to the east and to the north. */
const NEIGHBORS: ReadonlyArray<readonly [east: number, north: number]> = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

function neighbor({ column, row, step }: Cell, east: number, north: number): Cell {
  const count = 2 ** step;
  return { column: (column + east + count) % count, row: (row + north + count) % count, step };
}

function neighborsReach(cell: Cell, { west, south, east, north }: Bounds): boolean {
  return (
    boundsOf(neighbor(cell, 0, 1)).north >= north &&
    boundsOf(neighbor(cell, 0, -1)).south <= south &&
    boundsOf(neighbor(cell, 1, 0)).east >= east &&
    boundsOf(neighbor(cell, -1, 0)).west <= west
  );
}

function boundsOfShape(shape: Shape): Bounds {
  const { longitude, latitude } = shape.center;
  const height = shape.kind === 'circle' ? shape.radius : shape.height / 2;
  const width = shape.kind === 'circle' ? shape.radius : shape.width / 2;
  const up = height / EARTH_RADIUS / DEGREE;
  // The edge that is nearer to the pole spans more degrees.
  const nearPole = latitude < 0 ? latitude - up : latitude + up;
  const across = width / EARTH_RADIUS / Math.cos(nearPole * DEGREE) / DEGREE;
  return { west: longitude - across, south: latitude - up, east: longitude + across, north: latitude + up };
}

/** How fine a grid whose cell and its neighbours cover a shape may be. */
function stepFor(shape: Shape): number {
  const { latitude } = shape.center;
  let reach = shape.kind === 'circle' ? shape.radius : Math.sqrt((shape.width / 2) ** 2 + (shape.height / 2) ** 2);
  if (reach === 0) return STEPS;
  let step = -1;
  for (; reach < MERCATOR_HALF; reach *= 2) step++;
  if (Math.abs(latitude) > 66) step--;
  if (Math.abs(latitude) > 80) step--;
  return Math.max(1, Math.min(STEPS, step));
}

function cellOf({ longitude, latitude }: Place, step: number, { west, south, east, north }: Bounds): Cell {
  return {
    column: Math.trunc(((longitude - west) / (east - west)) * 2 ** step),
    row: Math.trunc(((latitude - south) / (north - south)) * 2 ** step),
    step,
  };
}

function boundsOf({ column, row, step }: Cell): Bounds {
  const { west, south, east, north } = MERCATOR;
  const count = 2 ** step;
  return {
    west: west + (column / count) * (east - west),
    east: west + ((column + 1) / count) * (east - west),
    south: south + (row / count) * (north - south),
    north: south + ((row + 1) / count) * (north - south),
  };
}

/** The least score of a cell: columns in the odd bits, rows in the even ones. */
function lowestScore({ column, row, step }: Cell): number {
  return Number((spread(column) << 1n) | spread(row)) * 4 ** (STEPS - step);
}

/** Puts a zero between every two bits. */
function spread(value: number): bigint {
  let bits = 0n;
  for (let i = 0, rest = value; rest > 0; i += 2, rest = Math.trunc(rest / 2)) bits |= BigInt(rest % 2) << BigInt(i);
  return bits;
}

/** Every second bit, from the lowest on. */
function gather(bits: bigint): number {
  let value = 0;
  for (let i = 0, rest = bits; rest > 0n; i++, rest >>= 2n) if (rest & 1n) value += 2 ** i;
  return value;
}
