import type { LogLine } from '../../api/log.ts';

/** A line of a controller's log that is known, and what it means. */
export interface KnownLine {
  readonly line: string;
  readonly meaning: string;
  readonly remedy: string;
}

interface Pattern {
  readonly pattern: RegExp;
  readonly meaning: string;
  readonly remedy: string;
}

/** From the error texts of Operator, MeshSync and NATS (domain.md 9, 10) and of the Kubernetes client they share. */
const PATTERNS: readonly Pattern[] = [
  {
    pattern: /authorization violation|authentication (error|timeout)|nats: .*authorization/i,
    meaning: 'the Broker refuses its token',
    remedy: 'Redeploy MeshSync, so that it reads the token anew.',
  },
  {
    pattern: /x509: certificate (has expired|signed by unknown|is valid for)/i,
    meaning: 'it does not accept a certificate',
    remedy: 'Renew the certificate it complains of.',
  },
  {
    pattern:
      /nats: no servers available|dial tcp .*:4222|error (while )?connecting to broker|connection refused.*4222/i,
    meaning: 'it cannot reach the Broker',
    remedy: 'See whether the Broker runs, then redeploy MeshSync.',
  },
  {
    pattern: /maximum reconnect attempts|nats: connection closed/i,
    meaning: 'its NATS client has given up for ever',
    remedy: 'Redeploy MeshSync: only a new pod connects again.',
  },
  {
    pattern: /cannot use both .*(white|black)list|both whitelist and blacklist/i,
    meaning: 'whitelist and blacklist are both set',
    remedy: 'Remove one of them from the watch-list of the MeshSync resource.',
  },
  {
    pattern: /is forbidden: User .* cannot (\w+) resource/i,
    meaning: 'its service account lacks a permission',
    remedy: 'Install the Operator again, which applies the roles.',
  },
  {
    pattern: /admission webhook .* denied the request/i,
    meaning: 'a policy of the cluster refuses what it wants to write',
    remedy: 'Ask who looks after that policy to allow it.',
  },
  {
    pattern: /no matches for kind|the server could not find the requested resource/i,
    meaning: 'it asks for a kind this cluster does not serve',
    remedy: 'Install the definitions, or mend the watch-list.',
  },
  {
    pattern: /failed to acquire lease|leader election lost/i,
    meaning: 'it lost the election of the leader',
    remedy: 'See whether a second Operator runs.',
  },
  {
    pattern: /failed to load (serving )?cert|tls\.crt: no such file|webhook-server-cert/i,
    meaning: 'the certificate of its webhook is missing',
    remedy: 'Install again: this product’s manifests need no webhook.',
  },
  {
    pattern: /context deadline exceeded|i\/o timeout/i,
    meaning: 'something it called did not answer in time',
    remedy: 'Look at the API server and the network of the cluster.',
  },
  {
    pattern: /variable reference for 'NATS_TOKEN'|Authorization Token.*parse|invalid use of field .*token/i,
    meaning: 'NATS cannot read its token',
    remedy: 'Delete the token Secret: the Operator makes a new one.',
  },
  {
    pattern: /slow consumer/i,
    meaning: 'somebody reads more slowly than is sent',
    remedy: 'Look at the rate and the database.',
  },
  {
    pattern: /panic: |fatal error: /i,
    meaning: 'it crashed',
    remedy: 'Redeploy it; if it comes back, report it with this log.',
  },
];

/** Every line of a log, the known ones with what they mean and what to do. Empty lines are left out. */
export function explainLogLines(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    const known = PATTERNS.find((one) => one.pattern.test(line));
    return [{ text: line, ...(known === undefined ? {} : { meaning: known.meaning, remedy: known.remedy }) }];
  });
}

/** Finds the lines of a log that are known, in the log's order. */
export function recogniseLogLines(text: string): KnownLine[] {
  return text.split('\n').flatMap((line) => {
    const known = PATTERNS.find((one) => one.pattern.test(line));
    return known === undefined ? [] : [{ line, meaning: known.meaning, remedy: known.remedy }];
  });
}
