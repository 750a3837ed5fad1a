import { randomBytes } from 'node:crypto';

const LIFETIME_SECONDS = 3_599;
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPES = ['https://www.googleapis.com/auth/firebase.messaging', 'https://www.googleapis.com/auth/cloud-platform'];
/** How far the clocks may be apart, in seconds. */
const SKEW_SECONDS = 300;

/** Google's token endpoint. Of an assertion everything is checked but the signature: the sandbox knows no account's key. */
export class AccessTokens {
  readonly #issued = new Map<string, number>();

  /** @returns the answer of the token endpoint, or why there is no token. */
  issue(form: URLSearchParams): { access_token: string; expires_in: number; token_type: 'Bearer' } | string {
    if (form.get('grant_type') !== GRANT) return `Unsupported grant_type: ${form.get('grant_type')}`;
    const fault = faultInAssertion(form.get('assertion') ?? '', Date.now() / 1_000);
    if (fault) return fault;
    const token = `ya29.${randomBytes(32).toString('base64url')}`;
    this.#issued.set(token, Date.now() + LIFETIME_SECONDS * 1_000);
    return { access_token: token, expires_in: LIFETIME_SECONDS, token_type: 'Bearer' };
  }

  isValid(authorization: string | undefined): boolean {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '';
    return (this.#issued.get(token) ?? 0) > Date.now();
  }

  /** Withdraws all of them before their end. */
  revoke(): void {
    this.#issued.clear();
  }
}

/** https://developers.google.com/identity/protocols/oauth2/service-account#jwt-auth */
function faultInAssertion(assertion: string, now: number): string | undefined {
  const [head, claims, signature = ''] = assertion.split('.');
  const { alg } = decode(head);
  const { iss, scope, aud, iat, exp } = decode(claims);
  if (alg !== 'RS256' || Buffer.from(signature, 'base64url').length < 256) return 'Invalid JWT Signature.';
  if (typeof iss !== 'string' || !iss.includes('@')) return 'Invalid issuer: Not a valid email or user ID.';
  if (iss.startsWith('wrong')) return 'Invalid grant: account not found';
  if (typeof aud !== 'string' || !aud.endsWith('/token')) return 'Invalid JWT: Failed audience check.';
  if (typeof scope !== 'string' || !scope.split(' ').some((one) => SCOPES.includes(one))) return 'Invalid scope.';
  if (
    typeof iat !== 'number' ||
    typeof exp !== 'number' ||
    exp - iat > 3_600 ||
    exp < now ||
    iat > now + SKEW_SECONDS
  ) {
    return 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.';
  }
  return undefined;
}

function decode(part: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
