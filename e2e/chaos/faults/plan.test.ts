import { FAULT_KINDS } from './fault.ts';
import { drawPlan } from './plan.ts';

const world = { services: ['ingestion-1', 'ingestion-2', 'retry-1'], nodes: 3 };
const HALF_AN_HOUR = 30 * 60_000;

it('the same seed draws the same faults, another seed others', () => {
  const plan = drawPlan(7, FAULT_KINDS, HALF_AN_HOUR, world);
  expect(drawPlan(7, FAULT_KINDS, HALF_AN_HOUR, world)).toEqual(plan);
  expect(drawPlan(8, FAULT_KINDS, HALF_AN_HOUR, world)).not.toEqual(plan);
});

it('a plan fills its time, and holds every kind of fault that was asked for and no other', () => {
  const plan = drawPlan(7, FAULT_KINDS, HALF_AN_HOUR, world);
  const lasts = plan.reduce((sum, { after, ms }) => sum + after + ms, 0);
  expect(lasts).toBeLessThanOrEqual(HALF_AN_HOUR);
  expect(plan.length).toBeGreaterThan(100);
  expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
  const kills = drawPlan(7, ['kill-service'], 60_000, world);
  expect(new Set(kills.map(({ kind }) => kind))).toEqual(new Set(['kill-service']));
});
