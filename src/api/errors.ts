import { z } from 'zod';

/** Every way a request can fail, with the HTTP status it is told by. */
export const ERROR_STATUS = {
  'invalid-request': 400,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  unprocessable: 422,
  'too-many-requests': 429,
  'forbidden-origin': 403,
  'read-only': 403,
  'not-available': 503,
  'cluster-unreachable': 502,
  'cluster-refused': 502,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

const ERROR_CODES = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];

/** The body of every reply that is not a success. */
export const ErrorBody = z
  .object({
    code: z.enum(ERROR_CODES),
    message: z.string().describe('What went wrong, in a sentence; names the field where one is at fault.'),
    remedy: z.string().optional().describe('What to do about it.'),
    field: z.string().optional().describe('The field at fault, as a dotted path.'),
    allowed: z.array(z.string()).optional().describe('What would have been accepted.'),
    relatedId: z.string().optional().describe('The id of what stands in the way, an operation for instance.'),
    requestId: z.string(),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof ErrorBody>;

/** Thrown by services and handlers; the transports turn it into an `ErrorBody`. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly field: string | undefined;
  readonly allowed: readonly string[] | undefined;
  readonly relatedId: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    detail: {
      remedy?: string | undefined;
      field?: string | undefined;
      allowed?: readonly string[] | undefined;
      relatedId?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: detail.cause });
    this.name = 'ApiError';
    this.code = code;
    this.remedy = detail.remedy;
    this.field = detail.field;
    this.allowed = detail.allowed;
    this.relatedId = detail.relatedId;
  }

  /** The body to answer with. */
  toBody(requestId: string): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
      ...(this.field === undefined ? {} : { field: this.field }),
      ...(this.allowed === undefined ? {} : { allowed: [...this.allowed] }),
      ...(this.relatedId === undefined ? {} : { relatedId: this.relatedId }),
      requestId,
    };
  }
}
