/**
 * Leaves out operations of a program, half of them first, as long as the rest still diverges.
 *
 * @param run what differs when a program runs; undefined when nothing does
 */
export async function shrink<Operation>(
  program: readonly Operation[],
  run: (program: readonly Operation[]) => Promise<string | undefined>,
): Promise<{ program: readonly Operation[]; what: string | undefined }> {
  let smallest = program;
  let what: string | undefined;
  for (let size = Math.ceil(smallest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length; ) {
      const shorter = smallest.filter((_, i) => i < at || i >= at + size);
      const difference = await run(shorter);
      if (difference === undefined) at += size;
      else {
        smallest = shorter;
        what = difference;
      }
    }
  }
  return { program: smallest, what };
}
