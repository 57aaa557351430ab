import type { TlsAnswer } from '../../ports.ts';
import type { Outcome } from '../engine.ts';
import { fail, pass, warn } from './scene.ts';

const DAY_MS = 86_400_000;
const EXPIRY_WARNING_DAYS = 30;

/** Judges the certificate of an API server by its dates, its authority and its name, as every request does. Pure. */
export function judgeCertificate(
  answer: TlsAnswer,
  { nowMs, host, isVerified }: { nowMs: number; host: string; isVerified: boolean },
): Outcome {
  const { names, wantedName } = answer;
  const days = Math.floor((Date.parse(answer.validTo) - nowMs) / DAY_MS);
  const isSetApart = wantedName !== host;
  const evidence = [
    `made out to ${names.join(', ') || 'no name'}`,
    ...(isSetApart ? [`looked for: ${wantedName} (tls-server-name)`] : []),
    `subject ${answer.subject}`,
    `issuer ${answer.issuer}`,
    `valid ${answer.validFrom} to ${answer.validTo}`,
  ];
  const flaw = flawOf(answer, { nowMs, days, isSetApart });
  if (!isVerified) {
    // Nothing is refused for it, so it is no fault of the way; yet nobody would notice if it became one.
    const also = flaw === undefined ? '' : `; ${flaw.observed}, too`;
    return warn(
      `it is not verified (insecure-skip-tls-verify): anybody on the way can read and change what passes${also}`,
      { evidence, remedy: 'Put certificate-authority-data into the kubeconfig.' },
    );
  }
  if (flaw !== undefined) return fail(flaw.observed, { evidence, remedy: flaw.remedy });
  if (days < EXPIRY_WARNING_DAYS)
    return warn(`it expires in ${days} days`, { evidence, remedy: 'Renew it in time.' });
  return pass(`valid for another ${days} days`, { evidence });
}

function flawOf(
  { validFrom, validTo, names, wantedName, isMadeOutToIt, distrust }: TlsAnswer,
  { nowMs, days, isSetApart }: { nowMs: number; days: number; isSetApart: boolean },
): { observed: string; remedy: string } | undefined {
  if (nowMs < Date.parse(validFrom))
    return {
      observed: `it is valid only from ${validFrom}: a clock is wrong, here or there`,
      remedy: 'Compare the clocks of this machine and of the API server.',
    };
  if (nowMs > Date.parse(validTo))
    return { observed: `it expired ${-days} days ago`, remedy: 'Renew the certificate of the API server.' };
  if (distrust !== undefined)
    return {
      observed: distrust,
      remedy:
        'Set certificate-authority-data of the kubeconfig to the authority of the cluster; the cluster may have been created anew.',
    };
  if (isMadeOutToIt) return undefined;
  const told = names.map(withoutKind);
  const madeOut = told.length === 0 ? 'no name at all' : told.join(', ');
  return isSetApart
    ? {
        observed: `it is not made out to ${wantedName}, which tls-server-name asks for, but to ${madeOut}`,
        remedy: 'Set tls-server-name of the kubeconfig to one of these names, or remove it.',
      }
    : {
        observed: `it is not made out to ${wantedName}, but to ${madeOut}`,
        remedy: 'Use one of these names in cluster.server, or set tls-server-name to one of them.',
      };
}

/** Subject alternative names as Node tells them: `DNS:*.example.com`, `IP Address:10.0.0.1`. */
function withoutKind(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
