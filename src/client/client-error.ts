import type { ErrorBody, ErrorCode } from '../api/errors.ts';

/** What the server said, or what kept it from saying anything. */
export type ClientErrorCode = ErrorCode | 'no-answer' | 'too-slow' | 'bad-reply';

/** Thrown by every call that did not succeed. Branch on `code`; `message` and `remedy` are for people. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly remedy: string | undefined;
  /** Names the request in the server's log; absent when no server answered. */
  readonly requestId: string | undefined;
  /** HTTP status; absent when no server answered. */
  readonly status: number | undefined;
  readonly field: string | undefined;
  readonly allowed: readonly string[] | undefined;
  readonly relatedId: string | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    detail: Partial<
      Pick<ClientError, 'remedy' | 'requestId' | 'status' | 'field' | 'allowed' | 'relatedId'>
    > & {
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: detail.cause });
    this.name = 'ClientError';
    this.code = code;
    this.remedy = detail.remedy;
    this.requestId = detail.requestId;
    this.status = detail.status;
    this.field = detail.field;
    this.allowed = detail.allowed;
    this.relatedId = detail.relatedId;
  }
}

/**
 * Reads the reply of a request that failed. Unlike a success this is parsed, since proxies and load balancers answer
 * in our server's place with bodies of their own.
 */
export async function errorOf(response: Response): Promise<ClientError> {
  const body = await readJson(response);
  if (!isErrorBody(body)) {
    return new ClientError(
      'bad-reply',
      `Something between this page and the server answered ${response.status}.`,
      {
        remedy: 'Look whether the server runs, and whether a proxy stands before it.',
        status: response.status,
      },
    );
  }
  return new ClientError(body.code, body.message, { ...body, status: response.status });
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    // Not JSON: not our server's words, and the caller says so.
    return undefined;
  }
}

function isErrorBody(body: unknown): body is ErrorBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'message' in body &&
    typeof body.message === 'string' &&
    'requestId' in body &&
    typeof body.requestId === 'string'
  );
}
