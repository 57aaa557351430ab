const KIND_WORDS = {
  'known-secret': 'known secrets',
  pem: 'keys and certificates',
  'secret-data': 'values of Secrets',
  token: 'tokens',
  userinfo: 'logins in addresses',
  password: 'passwords',
  'long-value': 'long opaque values',
  email: 'e-mail addresses',
} as const;

interface RedactionListProps {
  readonly redactions: readonly {
    readonly part: string;
    readonly kind: keyof typeof KIND_WORDS;
    readonly count: number;
  }[];
}

/** The ledger: from which part how much of which kind was taken out. */
export function RedactionList({ redactions }: RedactionListProps) {
  if (redactions.length === 0) return <p>Nothing: no secret was found in it.</p>;
  return (
    <ul>
      {redactions.map(({ part, kind, count }) => (
        <li key={`${part} ${kind}`}>
          {part}: {count} × {KIND_WORDS[kind]}
        </li>
      ))}
    </ul>
  );
}
