import { mongo } from 'mongoose';

const DUPLICATE_KEY = 11_000;

/**
 * The places of the documents that an unordered insertMany of `total` refused as duplicates, when all others are stored for
 * certain. @throws the error itself otherwise. A connection that breaks also comes as a MongoBulkWriteError, with an
 * empty list of write errors: so what was inserted is counted, and nothing is taken for stored that is not.
 */
export function duplicatesIn(error: unknown, total: number): number[] {
  if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
  const writeErrors = [error.writeErrors].flat();
  const onlyDuplicates = writeErrors.every(({ code }) => code === DUPLICATE_KEY);
  const complete = writeErrors.length > 0 && error.insertedCount + writeErrors.length === total;
  if (!onlyDuplicates || !complete || error.result.getWriteConcernError()) throw error;
  return writeErrors.map(({ index }) => index);
}
