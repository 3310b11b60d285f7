import { PagefoldError } from '../domain/errors.ts';

/** The command line asks for something that there is not; the answer says where to read how to use it. */
export class UsageError extends PagefoldError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super('INVALID_INPUT', message);
  }
}
