/**
 * Whether version `next` replaces `stored`. Kubernetes calls resource versions opaque, and guarantees since 1.35 that
 * they compare as numbers, as they always did in etcd; where one is no number, the later arrival wins.
 */
export function isNewerOrSame(next: string, stored: string): boolean {
  if (next === stored || !NUMBER.test(next) || !NUMBER.test(stored)) return true;
  return next.length === stored.length ? next > stored : next.length > stored.length;
}

const NUMBER = /^[1-9][0-9]*$/;
