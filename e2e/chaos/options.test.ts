import { FAULT_KINDS } from './faults/catalogue.ts';
import { readOptions } from './options.ts';

it('without options: five minutes, every fault, three nodes, a seed by chance', () => {
  expect(readOptions([], 42)).toEqual({
    minutes: 5,
    seed: 42,
    faults: FAULT_KINDS,
    rate: 60,
    nodes: 3,
    settleSeconds: 300,
    sabotage: [],
  });
});

it('faults are named, in part or whole, or left out', () => {
  const faults = (list: string) => readOptions([`--faults=${list}`]).faults;
  expect(faults('kill-service,poison')).toEqual(['kill-service', 'poison']);
  expect(faults('mongo')).toEqual(['kill-mongod', 'pause-mongod', 'disk-mongod', 'network-mongo']);
  expect(faults('kill-,-mongod')).toEqual(['kill-service', 'kill-broker']);
  expect(faults('-network')).not.toContain('network-kafka');
});

it.each([
  ['--minutes=0'],
  ['--minutes=x'],
  ['--nodes=2'],
  ['--seed=-1'],
  ['--faults=earthquake'],
  ['--rate='],
  ['--sabotage=earthquake'],
  ['--unheard-of'],
])('%s is refused', (option) => {
  expect(() => readOptions([option])).toThrow(/./);
});
