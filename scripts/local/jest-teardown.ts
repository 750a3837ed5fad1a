/** What jest-setup.ts provided, and its data: the next run starts from nothing. */
export default async function endForTests(): Promise<void> {
  await globalThis.infrastructureOfTests?.stop({ discard: true });
}
