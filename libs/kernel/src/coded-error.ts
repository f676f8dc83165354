/** An error that programs recognise by its `code`; `facts` say what a person needs to mend it. */
export class CodedError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CodedError';
  }
}

export const hasCode = (error: unknown, ...codes: string[]): error is CodedError =>
  error instanceof CodedError && codes.includes(error.code);
