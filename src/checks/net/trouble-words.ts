/** What it means, by the code of the trouble; null when there are no better words than its own. */
export function troubleWords(code: string): string | null {
  return WORDS[code] ?? (code.startsWith('HPE_') ? 'what it answered is not HTTP' : null);
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused, nothing listens there',
  ECONNRESET: 'the connection was closed before an answer came',
  EPIPE: 'the connection was closed before an answer came',
  EHOSTUNREACH: 'the host is unreachable',
  EHOSTDOWN: 'the host is down',
  ETIMEDOUT: 'the connection timed out',
  TIMEOUT: 'it did not answer in time',
  ENOTFOUND: 'there is no such name in the DNS',
  ENODATA: 'the name has no address in the DNS',
  HPE_HEADER_OVERFLOW: 'its headers are too large',
  EPROTO: 'it does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks no version of TLS that is still safe',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it speaks no version of TLS that is still safe',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'it has no certificate for this name',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'it refused the TLS handshake',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it asks for a client certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_SIGNATURE_FAILURE: 'the signature of its certificate is wrong',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'the issuer of a certificate in its chain is missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer of its certificate is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its chain is incomplete, or its issuer is not known here',
  INVALID_PURPOSE: 'its certificate is not meant for servers',
  INVALID_CA: 'an issuer in its chain may not issue certificates',
  CA_MD_TOO_WEAK: 'a certificate in its chain is signed with a weak hash',
  EE_KEY_TOO_SMALL: 'the key of its certificate is too short',
};
