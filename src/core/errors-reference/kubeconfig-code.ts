/** The code in the error reference for what is said against an uploaded kubeconfig. By itself, so that who links to it need not load the reference. */
export function kubeconfigReference(code: string): string {
  return `kubeconfig-${code}`;
}
