import { Component, type ReactNode } from 'react';
import { ErrorState } from './ErrorState.tsx';

interface PageBoundaryProps {
  readonly children: ReactNode;
}

/** Keeps a fault of one page from taking header and navigation with it; a chunk that does not load is the usual one. */
export class PageBoundary extends Component<PageBoundaryProps, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(cause: unknown): { error: Error } {
    return { error: cause instanceof Error ? cause : new Error('The page failed.', { cause }) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div className="page">
        <ErrorState
          what="This page could not be shown."
          error={error}
          onRetry={() => window.location.reload()}
        />
      </div>
    );
  }
}
