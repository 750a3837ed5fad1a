import { DEFAULT_PROVIDERS } from './channels.ts';
import { eventAnswer, eventDetails, familyAnswer } from './event-answers.ts';
import { eventRequest, newEvent } from './event-request.ts';
import { toDetailedView, toEventView } from './event-view.ts';
import { toFamilyView } from './family-view.ts';
import { newFamily, typedEventRequest } from './typed-event.ts';

const acceptance = {
  now: new Date('2030-01-31T09:00:00Z'),
  defaultProviders: DEFAULT_PROVIDERS,
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
} as const;
const request = eventRequest.parse({
  channel: 'sms',
  payload: { to: '+12025550123', text: 'Hello' },
  eventId: 'e',
  sendAt: '2031-01-01T00:00:00Z',
  metadata: { any: [1] },
});
const overTheWire = (answer: object): unknown => JSON.parse(JSON.stringify(answer));

describe('the documented answers', () => {
  it('are what services answer of events', () => {
    const event = newEvent(request, acceptance);
    const attempt = {
      _id: `${event._id}:1`,
      eventId: event._id,
      number: 1,
      provider: 'twilio',
      takenBy: 't',
      startedAt: acceptance.now,
      duration: 5,
      outcome: 'failed',
      errorClass: 'timeout',
      retryable: true,
    } as const;
    const dead = { ...event, deadLetter: { reason: 'exhausted', errorClass: 'timeout', at: acceptance.now } as const };
    expect(eventAnswer.safeParse(overTheWire(toEventView(dead))).error).toBeUndefined();
    expect(eventDetails.safeParse(overTheWire(toDetailedView(dead, [attempt]))).error).toBeUndefined();
  });

  it('are what services answer of typed events', () => {
    const typed = typedEventRequest.parse({ type: 'user.signup', data: { name: 'Ada' }, to: { email: 'a@b.example' } });
    const { parent, children } = newFamily(typed, [request], acceptance);
    expect(familyAnswer.safeParse(overTheWire(toFamilyView(parent, children))).error).toBeUndefined();
  });
});
