/** The two ways in which a verb stops on purpose: something is not as it must be, or the person said no. */

/** The message is for the person: what is wrong, with which value, and the next command to type. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Ctrl-C at a prompt or while a program ran. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor() {
    super('Stopped.');
  }
}

/** What a shell reports for a program that Ctrl-C ended. */
export const CANCELLED_EXIT_CODE = 130;
