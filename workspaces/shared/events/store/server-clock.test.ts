import { createServerClock } from './server-clock.ts';

const noon = new Date('2030-01-31T12:00:00Z');
const DAY = 86_400_000;

describe('the clock of all services', () => {
  it("is MongoDB's, whatever the machine believes", async () => {
    const clock = await createServerClock({ serverTime: async () => noon });
    expect(Math.abs(clock.now().getTime() - noon.getTime())).toBeLessThan(100);
    expect(Math.abs(Date.now() - noon.getTime())).toBeGreaterThan(DAY);
  });

  it('goes on between two looks at it, and only forward', async () => {
    const clock = await createServerClock({ serverTime: async () => noon });
    const times = Array.from({ length: 1_000 }, () => clock.now().getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    await new Promise((resolve) => setTimeout(resolve, 3));
    expect(clock.now().getTime()).toBeGreaterThan(times[0] ?? 0);
  });

  it('is set right at the next look', async () => {
    let serverTime = noon;
    const clock = await createServerClock({ serverTime: async () => serverTime });
    serverTime = new Date(noon.getTime() + DAY);
    await clock.synchronise();
    expect(Math.abs(clock.now().getTime() - serverTime.getTime())).toBeLessThan(100);
  });

  it('is not set wrong by an answer that was long on its way', async () => {
    const started = performance.now();
    const truth = (): Date => new Date(noon.getTime() + performance.now() - started);
    let delayMs = 0;
    const clock = await createServerClock({
      serverTime: async () => {
        const answer = truth();
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        return answer;
      },
    });
    delayMs = 400;
    await clock.synchronise();
    expect(Math.abs(clock.now().getTime() - truth().getTime())).toBeLessThan(100);
  });

  it('goes on as it was when MongoDB does not answer', async () => {
    let away = false;
    const clock = await createServerClock({
      serverTime: async () => {
        if (away) throw new Error('MongoDB is away');
        return noon;
      },
    });
    away = true;
    await expect(clock.synchronise()).rejects.toThrow('away');
    expect(Math.abs(clock.now().getTime() - noon.getTime())).toBeLessThan(100);
  });
});
