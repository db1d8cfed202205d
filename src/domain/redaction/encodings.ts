import { Buffer } from 'node:buffer';

/**
 * The forms in which a secret may turn up in a text: as it is, escaped for JSON (once and twice,
 * in the manners of JavaScript, Go and PHP), for URLs and forms in both cases, for XML and for a
 * shell, in base64 of both alphabets wherever it stands in the encoded bytes, and in hex.
 */
export function formsOf(secret: string): Set<string> {
  const forms = new Set<string>([secret]);
  for (const escaped of [...jsonForms(secret), ...urlForms(secret), xmlForm(secret), secret.replaceAll("'", "'\\''")])
    forms.add(escaped);
  const bytes = Buffer.from(secret, 'utf8');
  for (const form of base64Forms(bytes)) forms.add(form);
  const hex = bytes.toString('hex');
  forms.add(hex).add(hex.toUpperCase());
  return forms;
}

function jsonForms(secret: string): string[] {
  const once = inJson(secret);
  const slashes = once.replaceAll('/', '\\/');
  const go = once.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  const ascii = once.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [once, slashes, go, ascii, inJson(once), inJson(slashes), inJson(go)];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function urlForms(secret: string): string[] {
  const whole = secret.toWellFormed();
  const component = encodeURIComponent(whole);
  const strict = component.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = strict.replaceAll('%20', '+').replaceAll('~', '%7E');
  return [component, strict, form, encodeURI(whole)]
    .flatMap((each) => [each, each.replaceAll('%20', '+')])
    .flatMap((each) => [each, each.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]);
}

function xmlForm(secret: string): string {
  return secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * Three bytes make four characters, so a secret looks different by its place modulo three. The
 * characters at either end that also depend on the neighbouring bytes are left out.
 */
function base64Forms(bytes: Buffer): string[] {
  const forms: string[] = [];
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const whole = (offset + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    const inner = encoded.slice(offset === 0 ? 0 : offset + 1, whole);
    forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}
