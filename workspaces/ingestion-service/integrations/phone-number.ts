import { AppError } from '@postrider/shared/errors/app-error.ts';
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** A phone number in E.164, given as people write it in that country; undefined for what is none. */
export function phoneNumberOf(text: string, country: string): string | undefined {
  const region = isSupportedCountry(country) ? country : undefined;
  const number = parsePhoneNumberFromString(text, region);
  return number?.isPossible() ? number.number : undefined;
}

/** The same. @throws AppError `validation_failed` at `path` for what is none. */
export function requirePhoneNumber(text: string, country: string, path: string): string {
  const number = phoneNumberOf(text, country);
  if (number !== undefined) return number;
  throw new AppError('validation_failed', 'the request has faulty fields', {
    fields: [{ path, message: `must be a phone number, with country code or of ${country}` }],
  });
}
