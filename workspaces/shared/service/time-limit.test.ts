import { withinTime } from './time-limit.ts';

it('what never comes is a failure that says what it was, and what comes in time is passed on as it is', async () => {
  await expect(withinTime('a look', 10, new Promise(() => undefined))).rejects.toThrow('a look took longer than 10 ms');
  await expect(withinTime('a look', 60_000, Promise.resolve('seen'))).resolves.toBe('seen');
  await expect(withinTime('a look', 60_000, Promise.reject(new Error('blind')))).rejects.toThrow('blind');
});
