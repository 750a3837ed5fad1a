import { type FilterField, filterForm, filterOf, pageLinks, toApi } from './filter.ts';

const FIELDS: FilterField[] = [
  { name: 'status', label: 'Status', values: ['QUEUED', 'SENT'] },
  { name: 'type', label: 'Type' },
  { name: 'from', label: 'From (UTC)', isTime: true },
];

describe('a filter', () => {
  it('is what is known and not empty', () => {
    expect(filterOf(FIELDS, { status: 'SENT', type: '', from: ['1', '2'], cursor: 'c', __proto__: { x: 1 } })).toEqual({
      status: 'SENT',
    });
  });

  it.each([
    ['2030-01-31T09:00', '2030-01-31T09:00:00.000Z'],
    ['2030-01-31T09:00:01.500', '2030-01-31T09:00:01.500Z'],
    ['2030-01-31T09:00:00.000Z', '2030-01-31T09:00:00.000Z'],
    ['yesterday', 'yesterday'],
  ])('takes a time without a zone as UTC, and leaves faults to be told: %s', (from, asked) => {
    expect(toApi(FIELDS, { type: '2030-01-31T09:00', from })).toEqual({ type: '2030-01-31T09:00', from: asked });
  });

  it('is shown again as it was chosen, whatever was written into it', () => {
    const { markup } = filterForm('/events', FIELDS, { status: 'SENT', type: '"><script>' });
    expect(markup).toContain('<option selected>SENT</option>');
    expect(markup).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  it('goes along to the next page', () => {
    expect(pageLinks('/events', { type: 'a&b' }, undefined, 'x_1').markup).toContain(
      'href="/events?type=a%26b&amp;cursor=x_1"',
    );
    expect(pageLinks('/events', {}, 'x_1', undefined).markup).toContain('<a href="/events">Newest</a>');
  });
});
