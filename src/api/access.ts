import { z } from 'zod';

/** A login name that a holder may choose. */
export const loginName = z.string().regex(/^(?!root$)[a-z_][a-z0-9_-]{0,31}$/, {
  error: 'must be a login name: a-z, 0-9, _ and -, at most 32, and not root',
});
/** A password that a caller of the container manager's API may choose: as short as it allowed. */
export const shortLoginPassword = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{C}]*$/u, { error: 'must have no control characters' });
/** A password that a holder may choose. Anyone who reaches the resource may guess at it. */
export const loginPassword = shortLoginPassword.min(8, {
  error: 'must have at least 8 characters',
});

/** A public key's blob begins with the name of its algorithm (RFC 4253, 6.6); more must follow. */
function isWhole(key: string): boolean {
  const [algorithm = '', blob = ''] = key.split(' ');
  const bytes = Buffer.from(blob, 'base64');
  const named =
    bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1') : '';
  return named === algorithm && bytes.length >= 4 + algorithm.length + 32;
}

/** How a holder asks to log in. */
export const access = z
  .strictObject({
    username: loginName.optional().describe('The name to log in with.'),
    password: loginPassword
      .optional()
      .describe('The password to log in with; not together with `publicKey`.'),
    publicKey: z
      .string()
      .max(8192)
      .regex(
        /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+) [A-Za-z0-9+/=]+( [^\n\r]*)?$/,
        { error: 'must be one OpenSSH public key' },
      )
      .refine(isWhole, { error: 'is a damaged OpenSSH public key' })
      .optional()
      .describe('The key to log in with, as one line of `authorized_keys`.'),
  })
  .refine(({ password, publicKey }) => password === undefined || publicKey === undefined, {
    error: 'must not have both a password and a public key',
  })
  .meta({ id: 'Access', description: 'How the holder logs in; anything left out is generated.' });
