import { ClusterError, type WayProbe } from '../../ports.ts';
import type { Outcome } from '../engine.ts';
import { fail, pass, skip } from './scene.ts';

/** Asks the proxy of the kubeconfig for a tunnel to the API server, and says by its answer what has to be mended. */
export async function judgeProxy(way: WayProbe | undefined, signal: AbortSignal): Promise<Outcome> {
  if (way?.proxy === undefined)
    return skip('no proxy is set: the kubeconfig has no proxy-url, and HTTPS_PROXY is not used');
  try {
    const ms = Math.round(await way.askProxy(signal));
    return pass(`${way.proxy} leads to the API server, in ${ms} ms`);
  } catch (error) {
    // Out of time, the words of the engine are the better ones.
    signal.throwIfAborted();
    if (!(error instanceof ClusterError)) throw error;
    const { status, failure } = error;
    return fail(failure.message, {
      remedy: remedyFor(failure.kind === 'proxy-auth' ? 407 : status),
      ...(status === undefined ? {} : { evidence: [`CONNECT was answered with HTTP ${status}`] }),
    });
  }
}

function remedyFor(status: number | undefined): string {
  switch (status) {
    case undefined:
      return 'Start the proxy, or mend proxy-url in the kubeconfig; then rediscover.';
    case 407:
      return 'Write http://user:password@host:port as proxy-url into the kubeconfig, then rediscover.';
    case 502:
    case 503:
    case 504:
      return 'See that the API server can be reached, and its name resolved, from where the proxy is.';
    default:
      return 'Let the proxy allow CONNECT to the host and port of the API server, or remove proxy-url.';
  }
}
