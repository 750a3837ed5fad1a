import { FAULT_KINDS } from './catalogue.ts';
import { drawPlan } from './plan.ts';

const targets = { services: ['ingestion-1', 'default-2', 'retry-1'], nodes: 3 };
const HALF_AN_HOUR = 30 * 60_000;

it('the same seed draws the same faults, another seed others', () => {
  const plan = drawPlan(7, FAULT_KINDS, HALF_AN_HOUR, targets);
  expect(drawPlan(7, FAULT_KINDS, HALF_AN_HOUR, targets)).toEqual(plan);
  expect(drawPlan(8, FAULT_KINDS, HALF_AN_HOUR, targets)).not.toEqual(plan);
});

it('a plan keeps to its time in each track, and holds every kind of fault that was asked for and no other', () => {
  const plan = drawPlan(7, FAULT_KINDS, HALF_AN_HOUR, targets);
  for (const track of plan) {
    const lasts = track.reduce((sum, { after, ms }) => sum + after + ms, 0);
    expect(lasts).toBeLessThanOrEqual(HALF_AN_HOUR);
  }
  expect(new Set(plan.flat().map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
  const kills = drawPlan(7, ['kill-service'], 60_000, targets);
  expect(new Set(kills.flat().map(({ kind }) => kind))).toEqual(new Set(['kill-service']));
});

it('half an hour of every fault holds more than a hundred kills of services', () => {
  for (const seed of [1, 2, 3]) {
    const kills = drawPlan(seed, FAULT_KINDS, HALF_AN_HOUR, targets).flat();
    expect(kills.filter(({ kind }) => kind === 'kill-service').length).toBeGreaterThan(120);
  }
});
