import * as fc from 'fast-check';
import { maskRecipient } from './recipient-mask.ts';

describe('a recipient in a log', () => {
  it.each([
    ['john.doe@example.com', 'j***@example.com'],
    ['+12025550155', '+1202*****55'],
    ['https://hooks.example.com/T0/B1/secret?token=abc', 'https://hooks.example.com'],
    ['http://localhost:8080/orders', 'http://localhost:8080'],
  ])('%s can be recognised, and not be used: %s', (recipient, masked) => {
    expect(maskRecipient(recipient)).toBe(masked);
  });

  it.each([
    'https://hooks.example.com/notify?email=john@example.com&token=abc',
    'https://hooks.example.com/@john/token-abc',
    'https://john:token-abc@hooks.example.com/',
  ])('shows no more than the origin of %s, although there is an @ in it', (url) => {
    expect(maskRecipient(url)).toBe('https://hooks.example.com');
  });

  it('keeps four digits at least of any phone number to itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9][0-9]{6,14}$/), (number) => {
        const masked = maskRecipient(number);
        expect(masked).toHaveLength(number.length);
        expect(masked.split('*').length - 1).toBeGreaterThanOrEqual(4);
        expect(masked.slice(-2)).toBe(number.slice(-2));
      }),
    );
  });

  it('is hidden as a whole when it is none of what we know', () => {
    for (const unknown of ['', 'device-token-abc', '@john', '0123456789']) expect(maskRecipient(unknown)).toBe('***');
  });
});
