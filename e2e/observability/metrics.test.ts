import { CHANNELS, PRIORITIES, PROVIDER_NAMES, QUEUES } from '@postrider/shared/events/channels.ts';
import { DEFERRAL_REASONS } from '@postrider/shared/events/deferral-reason.ts';
import { DEAD_LETTER_REASONS } from '@postrider/shared/events/event.ts';
import { ERROR_CLASSES } from '@postrider/shared/events/send-result.ts';
import { STATUSES, TRANSITIONS } from '@postrider/shared/events/status.ts';
import { SUPPRESSION_REASONS } from '@postrider/shared/events/suppression.ts';
import { GROUPS, TOPICS } from '@postrider/shared/kafka/topics.ts';
import { startSystem, type System } from '../system/system.ts';
import { type Exposition, readExposition } from './exposition.ts';
import { readMetricsDocument } from './metrics-document.ts';
import { causeTraffic, TRAFFIC_SETTINGS } from './traffic.ts';

const { metrics, values } = readMetricsDocument();

describe('docs/metrics.md', () => {
  it.each<[string, readonly string[]]>([
    ['channel', CHANNELS],
    ['priority', PRIORITIES],
    ['queue', QUEUES],
    ['provider', PROVIDER_NAMES],
    ['outcome', ['delivered', 'accepted', ...ERROR_CLASSES]],
    ['deferral', DEFERRAL_REASONS],
    ['dead letter', DEAD_LETTER_REASONS.filter((reason) => reason !== 'expired')],
    ['suppression', SUPPRESSION_REASONS.filter((reason) => reason !== 'manual')],
    ['status', STATUSES.filter((status) => TRANSITIONS[status].length > 0)],
    ['group', Object.values(GROUPS)],
    ['topic', (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((key) => TOPICS[key])],
  ])('names the values of %s that the code has', (label, ofCode) => {
    expect(values.get(label)?.toSorted()).toEqual([...ofCode].toSorted());
  });
});

describe('the metrics of a running system that has had something of everything to do', () => {
  let system: System;
  /** By name of the service, as its series have it. */
  const exposed = new Map<string, Exposition>();

  beforeAll(async () => {
    const instances = { critical: 1, console: 1 };
    system = await startSystem({ name: 'metrics', callbacks: true, instances, env: TRAFFIC_SETTINGS });
    await causeTraffic(system);
    for (const { url } of system.services.values()) {
      const exposition = readExposition(await (await fetch(`${url}/metrics`)).text());
      exposed.set(exposition.series[0]?.labels['service'] ?? url, exposition);
    }
  }, 120_000);
  afterAll(() => system.stop(), 60_000);

  it('are those of the document, and all of them, service by service', () => {
    const documented = new Map<string, Record<string, string>>([...exposed.keys()].map((service) => [service, {}]));
    for (const { name, type, services } of metrics) {
      for (const service of services ?? exposed.keys()) (documented.get(service) ?? {})[name] = type;
    }
    const told = [...exposed].map(([service, { types }]) => [service, Object.fromEntries(types)]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(documented));
  });

  it('have the labels of the document, with its values and no others', () => {
    const faults = new Set<string>();
    for (const { family, labels } of [...exposed.values()].flatMap(({ series }) => series)) {
      const { labels: known } = metrics.find(({ name }) => name === family) ?? { labels: new Map<string, string[]>() };
      const { le: _, service = '', ...own } = labels;
      if (!values.get('service')?.includes(service)) faults.add(`${family} of the service ${service}`);
      if (Object.keys(own).toSorted().join() !== [...known.keys()].toSorted().join())
        faults.add(`${family} has the labels ${Object.keys(own).join(', ')}`);
      for (const [label, value] of Object.entries(own)) {
        if (!known.get(label)?.includes(value)) faults.add(`${family}{${label}="${value}"}`);
      }
    }
    expect([...faults]).toEqual([]);
  });

  it('all have series', () => {
    const fed = new Set([...exposed.values()].flatMap(({ series }) => series.map(({ family }) => family)));
    const unfed = metrics.map(({ name }) => name).filter((name) => !fed.has(name));
    expect(unfed).toEqual([]);
  });
});
