import { HISTORY_LIMIT } from '../event.ts';
import { STATUSES, TRANSITIONS } from '../status.ts';
import { statusChange } from './transition.ts';

const at = new Date('2030-01-31T09:00:00Z');
const later = new Date('2030-01-31T09:05:00Z');

describe('a change of status', () => {
  it('is refused when the machine does not allow it, for every pair of statuses', () => {
    for (const from of STATUSES) {
      for (const to of STATUSES) {
        const change = (): unknown => statusChange({ from, to, at, dueAt: later });
        if (TRANSITIONS[from].includes(to)) expect(change).not.toThrow();
        else expect(change).toThrow(`there is no transition ${from} -> ${to}`);
      }
    }
  });

  it('from several statuses is refused as soon as one of them does not lead there', () => {
    expect(() => statusChange({ from: ['QUEUED', 'COMPLETED'], to: 'CANCELED', at, dueAt: 'never' })).toThrow(
      'COMPLETED -> CANCELED',
    );
  });

  it('changes only events that stand where it starts, so that of two processes one makes it', () => {
    const one = statusChange({ from: 'QUEUED', to: 'PROCESSING', at, dueAt: later });
    expect(one.filter).toEqual({ status: 'QUEUED' });
    const several = statusChange({ from: ['QUEUED', 'RETRYING'], to: 'CANCELED', at, dueAt: 'never' });
    expect(several.filter).toEqual({ status: { $in: ['QUEUED', 'RETRYING'] } });
  });

  it('keeps the further conditions of its caller', () => {
    const { filter } = statusChange({
      from: 'QUEUED',
      to: 'DEAD_LETTERED',
      at,
      where: { expiresAt: { $lte: at } },
      dueAt: at,
    });
    expect(filter).toEqual({ status: 'QUEUED', expiresAt: { $lte: at } });
  });

  it('is written into the history with its time, its reason and who asked for it, and the history stays bounded', () => {
    const { update } = statusChange({
      from: 'DEAD_LETTERED',
      to: 'QUEUED',
      at,
      reason: 'replay 7',
      by: 'ops',
      dueAt: later,
    });
    expect(update).toMatchObject({
      $push: { history: { $each: [{ status: 'QUEUED', at, reason: 'replay 7', by: 'ops' }], $slice: -HISTORY_LIMIT } },
    });
    const { update: plain } = statusChange({ from: 'QUEUED', to: 'PROCESSING', at, dueAt: later });
    expect(plain.$push).toEqual({ history: { $each: [{ status: 'PROCESSING', at }], $slice: -HISTORY_LIMIT } });
  });

  it('says when somebody must look at the event again', () => {
    const { update } = statusChange({ from: 'QUEUED', to: 'PROCESSING', at, set: { takenBy: 'token' }, dueAt: later });
    expect(update.$set).toEqual({ status: 'PROCESSING', tellAt: at, takenBy: 'token', dueAt: later });
    expect(update).not.toHaveProperty('$unset');
  });

  it('takes the event out of the due index when nobody has to', () => {
    const { update } = statusChange({
      from: 'PROCESSING',
      to: 'COMPLETED',
      at,
      increment: { attempts: 1 },
      dueAt: 'never',
    });
    expect(update).toMatchObject({ $set: { status: 'COMPLETED' }, $unset: { dueAt: '' }, $inc: { attempts: 1 } });
    expect(update.$set).not.toHaveProperty('dueAt');
  });

  it('removes what no longer holds', () => {
    const { update } = statusChange({
      from: 'DEAD_LETTERED',
      to: 'QUEUED',
      at,
      unset: ['deadLetter', 'expiresAt'],
      dueAt: later,
    });
    expect(update.$unset).toEqual({ deadLetter: '', expiresAt: '' });
  });
});
