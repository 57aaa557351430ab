import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Path of a program of the control plane; the folder is named by KUBEBUILDER_ASSETS, the ecosystem’s own convention. */
export function asset(name: 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'nats-server'): string {
  const folder = process.env['KUBEBUILDER_ASSETS'];
  if (folder === undefined || folder === '') {
    throw new Error(
      'The cluster suite needs KUBEBUILDER_ASSETS: a folder with etcd, kube-apiserver, kube-controller-manager and nats-server.',
    );
  }
  const path = join(folder, name);
  if (!existsSync(path)) throw new Error(`KUBEBUILDER_ASSETS holds no ${name}: ${path} does not exist.`);
  return path;
}
