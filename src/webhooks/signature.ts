import { createHmac, randomBytes } from 'node:crypto';

/** The scheme of Standard Webhooks (standardwebhooks.com), for which there are libraries in many languages. */

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** `whsec_` and 256 random bits in base64. */
export function newSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * The headers that show where a message is from, and when it was sent: HMAC-SHA256 over `id.timestamp.body`, base64.
 * @param id stays the same when the message is sent again
 * @param now milliseconds since 1970; sent in seconds
 */
export function signedHeaders(secret: string, id: string, body: string, now: number): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}
