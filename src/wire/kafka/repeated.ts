/** What occurs more than once. */
export function repeated<T>(values: readonly T[]): Set<T> {
  const seen = new Set<T>();
  return new Set(values.filter((value) => seen.size === seen.add(value).size));
}
