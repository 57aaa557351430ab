/** What an address is, as far as a connection asked for by a stranger’s file is concerned. */
export type AddressVerdict =
  | 'allowed'
  | 'loopback'
  | 'link-local'
  | 'metadata'
  | 'unspecified'
  | 'multicast'
  | 'reserved'
  | 'not-an-address';

/** Where clouds answer with credentials: AWS, GCP, Azure and others; ECS and EKS agents; Alibaba; Oracle; Azure’s host. */
const METADATA_V4 = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
]);
/** The same by IPv6, as eight groups: AWS, EKS and GCP. */
const METADATA_V6 = new Set(['fd00:ec2:0:0:0:0:0:254', 'fd00:ec2:0:0:0:0:0:23', 'fd20:ce:0:0:0:0:0:254']);

/**
 * Judges an IP address, never a name. Private ranges are allowed: clusters live there. IPv4 inside IPv6 (mapped,
 * compatible, translated, 6to4, NAT64, Teredo) is judged by the IPv4 address it leads to.
 * Source: IANA special-purpose address registries; peers.md, part 2.
 */
export function judgeAddress(ip: string): AddressVerdict {
  const v4 = parseV4(ip);
  if (v4 !== undefined) return judgeV4(v4);
  const v6 = parseV6(ip);
  return v6 === undefined ? 'not-an-address' : judgeV6(v6);
}

function parseV4(text: string): number[] | undefined {
  // Strictly dotted decimal: what else a resolver would take for an address arrives here resolved.
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function judgeV4(bytes: readonly number[]): AddressVerdict {
  const [a = 0, b = 0] = bytes;
  if (METADATA_V4.has(bytes.join('.'))) return 'metadata';
  if (a === 0) return 'unspecified';
  if (a === 127) return 'loopback';
  if (a === 169 && b === 254) return 'link-local';
  if (a >= 224 && a <= 239) return 'multicast';
  return a >= 240 ? 'reserved' : 'allowed';
}

function parseV6(text: string): number[] | undefined {
  const [address = ''] = text.split('%');
  if (!address.includes(':')) return undefined;
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => groupsOf(half));
  const [head, tail] = groups;
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (tail === undefined) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function groupsOf(half: string): number[] | undefined {
  if (half === '') return [];
  const groups: number[] = [];
  const parts = half.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = v4;
      groups.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function judgeV6(groups: readonly number[]): AddressVerdict {
  const [g0 = 0, g1 = 0, g2 = 0, g3 = 0, g4 = 0, g5 = 0, g6 = 0, g7 = 0] = groups;
  const isZeroUpTo4 = g0 === 0 && g1 === 0 && g2 === 0 && g3 === 0;
  if (isZeroUpTo4 && g4 === 0 && g5 === 0) {
    if (g6 === 0 && g7 === 0) return 'unspecified';
    if (g6 === 0 && g7 === 1) return 'loopback';
    return judgeV4(bytesOf(g6, g7));
  }
  if (isZeroUpTo4 && ((g4 === 0 && g5 === 0xffff) || (g4 === 0xffff && g5 === 0)))
    return judgeV4(bytesOf(g6, g7));
  if (g0 === 0x64 && g1 === 0xff9b) return judgeV4(bytesOf(g6, g7));
  if (g0 === 0x2002) return judgeV4(bytesOf(g1, g2));
  // Teredo keeps the address with every bit turned over.
  if (g0 === 0x2001 && g1 === 0) return judgeV4(bytesOf(g6 ^ 0xffff, g7 ^ 0xffff));
  if (METADATA_V6.has(groups.map((group) => group.toString(16)).join(':'))) return 'metadata';
  if ((g0 & 0xffc0) === 0xfe80) return 'link-local';
  if ((g0 & 0xffc0) === 0xfec0) return 'reserved';
  return (g0 & 0xff00) === 0xff00 ? 'multicast' : 'allowed';
}

function bytesOf(high: number, low: number): number[] {
  return [high >> 8, high & 255, low >> 8, low & 255];
}
