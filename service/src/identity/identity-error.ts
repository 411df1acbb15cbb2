/** A credential's failure in words that are safe to show: no token, and nothing that may hold one. */
import { AppError } from '../errors.ts';

/** Longer than a UUID (36), so that ids survive; shorter than any token. */
const SECRET_LIKE = /[\w+/=-]{40,}|eyJ[\w.-]+/g;

const REMEDY =
  'Check the managed identity of this host, or az login on a desk, and AZURE_CLIENT_ID where it is set.';

export function identityError(error: unknown): AppError {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: '' };
  const cause = new Error(message.replaceAll(SECRET_LIKE, '[redacted]'));
  cause.name = name;
  return new AppError(
    'engine_failed',
    `No access token for Azure can be had (${name}). ${REMEDY}`,
    { cause, reason: 'authentication' },
  );
}

/** What the credential did, where it did not throw. The message is one of ours. */
export class CredentialFault extends Error {
  override readonly name: string;

  constructor(fault: 'no answer in time' | 'an answer without a token' | 'only ended tokens') {
    super(fault);
    this.name = fault;
  }
}
