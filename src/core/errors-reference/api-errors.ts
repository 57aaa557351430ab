import type { ERROR_STATUS, ErrorCode } from '../../api/errors.ts';
import type { ErrorReference } from './error-reference.ts';

/** The status stands here as a type only: its value would bring the schemas of the contract into the page. */
type Entries = {
  readonly [C in ErrorCode]: Pick<ErrorReference, 'title' | 'cause' | 'remedy'> & {
    readonly status: (typeof ERROR_STATUS)[C];
  };
};

/** Every way a request to this server can fail; the compiler asks for an entry of each. */
export const API_ERRORS: Entries = {
  'invalid-request': {
    status: 400,
    title: 'The request is not as it should be',
    cause:
      'A field is missing, is of the wrong kind, or has a value that is not allowed. The field is named.',
    remedy: 'Correct the field that is named.',
  },
  'not-found': {
    status: 404,
    title: 'What was asked for does not exist',
    cause: 'The connection, operation, test or address is unknown, or was removed meanwhile.',
    remedy: 'Go back to the list and choose again.',
  },
  conflict: {
    status: 409,
    title: 'Something else stands in the way',
    cause: 'Another operation runs on the same connection, or the state has changed meanwhile.',
    remedy: 'Wait until it has ended, or cancel it; then try again.',
  },
  'too-large': {
    status: 413,
    title: 'What was sent is too large',
    cause: 'The file or the request is larger than this server accepts.',
    remedy: 'Send less: a kubeconfig with fewer contexts, for instance.',
  },
  unprocessable: {
    status: 422,
    title: 'It was understood, and cannot be done',
    cause:
      'What was asked for makes no sense as things stand, was not confirmed by name, or the file cannot be accepted.',
    remedy: 'Read the reason beside it; it says what would have to be different.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too much is asked for at once',
    cause: 'More tests or requests are open than this server carries out together.',
    remedy: 'Wait until some have ended.',
  },
  'forbidden-origin': {
    status: 403,
    title: 'The request comes from another site',
    cause: 'A page of another origin, or a name this server does not answer to, has sent it.',
    remedy: 'Open the page by the address of this server; add the name by --allowed-hosts if it is yours.',
  },
  'read-only': {
    status: 403,
    title: 'Nothing can be changed here',
    cause: 'What is shown is only to be looked at.',
    remedy: 'Make the change where the connection is live.',
  },
  'not-available': {
    status: 503,
    title: 'This server cannot do it now',
    cause: 'A part of it is missing or damaged: the database, or the key that seals credentials.',
    remedy: 'Run the test of the connection: “Server and database” names the part.',
  },
  'cluster-unreachable': {
    status: 502,
    title: 'The cluster does not answer',
    cause: 'Its API server could not be reached in time.',
    remedy: 'Test the connection: it says how far the way goes.',
  },
  'cluster-refused': {
    status: 502,
    title: 'The cluster refused it',
    cause: 'Its API server answered, and said no: a missing permission, or an object it does not accept.',
    remedy: 'Test the connection: “It may install” writes the Role that is missing.',
  },
  internal: {
    status: 500,
    title: 'This server made a mistake',
    cause: 'Something happened that should not; it is in the log of the server by the number of the request.',
    remedy: 'Try again. If it stays, report it with a support bundle.',
  },
};

/** What keeps a reply from coming at all; told by the page and the command line themselves. */
export const REPLY_ERRORS = {
  'no-answer': {
    title: 'This server does not answer',
    cause: 'It was stopped, or the way to it is interrupted.',
    remedy: 'See whether it still runs, and start it again with npm start.',
  },
  'too-slow': {
    title: 'This server did not answer in time',
    cause: 'It is overloaded, or the way to it is slow.',
    remedy: 'Wait a moment and try again.',
  },
  'bad-reply': {
    title: 'The answer is not this server’s, or broke off',
    cause: 'A proxy or load balancer answered in its place, or the connection ended in the middle.',
    remedy: 'See whether the server runs, and whether a proxy stands before it.',
  },
} as const satisfies Readonly<Record<string, Pick<ErrorReference, 'title' | 'cause' | 'remedy'>>>;

export const apiErrors: readonly ErrorReference[] = [
  ...Object.entries(API_ERRORS).map(([code, { status, title, cause, remedy }]): ErrorReference => ({
    code,
    component: 'api',
    title: `${title} (HTTP ${status})`,
    cause,
    remedy,
  })),
  ...Object.entries(REPLY_ERRORS).map(([code, words]): ErrorReference => ({
    code,
    component: 'api',
    ...words,
  })),
];
