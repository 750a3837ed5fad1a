/** OpenSSL's words for a certificate that does not hold (https://nodejs.org/api/tls.html, X509 certificate error codes). */
const CERTIFICATE_FAULTS = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether two sides cannot agree on TLS: a matter of settings or certificates, which waiting does not mend. */
export function isTlsFault(code: unknown): boolean {
  return typeof code === 'string' && (CERTIFICATE_FAULTS.has(code) || /^ERR_(SSL|TLS)_/.test(code));
}
