/**
 * A snapshot's plain data with its fields as properties: one that was written to a file comes back with maps in place
 * of objects.
 */
export function plainFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainFields);
  if (!(value instanceof Map)) {
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plainFields(field)]));
  }
  return Object.fromEntries([...value].map(([name, field]) => [name, plainFields(field)]));
}
