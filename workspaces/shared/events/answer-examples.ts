/** Answers that API documents show. */
export const detailedEvent = {
  id: '0198b2f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f',
  channel: 'email',
  priority: 'default',
  provider: 'smtp',
  status: 'COMPLETED',
  createdAt: '2030-01-31T09:00:00.000Z',
  updatedAt: '2030-01-31T09:00:00.120Z',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  payload: { to: 'Ada <ada@example.com>', subject: 'Hello', text: 'Plain text' },
  history: [
    { status: 'QUEUED', at: '2030-01-31T09:00:00.000Z' },
    { status: 'PROCESSING', at: '2030-01-31T09:00:00.020Z' },
    { status: 'COMPLETED', at: '2030-01-31T09:00:00.120Z' },
  ],
  attempts: [
    {
      number: 1,
      provider: 'smtp',
      startedAt: '2030-01-31T09:00:00.025Z',
      durationMs: 90,
      outcome: 'delivered',
      messageId: '<1@mail.example>',
    },
  ],
};

export const typedEvent = {
  id: '0198b2f0-1a2b-7c3d-8e4f-5a6b7c8d9e10',
  type: 'payment.failed',
  status: 'SCHEDULED',
  createdAt: '2030-01-31T09:00:00.000Z',
  sendAt: '2030-02-01T09:00:00.000Z',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  to: { email: 'ada@example.com' },
  data: { amount: 12.5 },
  children: [
    {
      id: '0198b2f0-1a2b-7c3d-8e4f-5a6b7c8d9e11',
      channel: 'email',
      provider: 'smtp',
      priority: 'critical',
      status: 'SCHEDULED',
    },
  ],
};

export const deadLetter = {
  id: '0198b2f0-1a2b-7c3d-8e4f-5a6b7c8d9e12',
  channel: 'sms',
  priority: 'default',
  provider: 'twilio',
  status: 'DEAD_LETTERED',
  createdAt: '2030-01-31T09:00:00.000Z',
  updatedAt: '2030-01-31T09:10:00.000Z',
  attempts: 6,
  deadLetter: { reason: 'exhausted', errorClass: 'provider_down', at: '2030-01-31T09:10:00.000Z' },
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
};
