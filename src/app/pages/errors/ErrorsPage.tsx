import { errorReferences } from '../../../core/errors-reference/references.ts';
import { SearchInput } from '../../components/data/SearchInput.tsx';
import '../../components/data/data.css';
import { setSearch, usePathname, useSearch } from '../../navigation.ts';
import { paths } from '../../paths.ts';
import { Button } from '../../ui/Button.tsx';
import { Link } from '../../ui/Link.tsx';
import { PageTitle } from '../../ui/PageTitle.tsx';
import { ErrorDetail } from './ErrorDetail.tsx';
import { COMPONENTS, countByComponent, type ErrorComponent, errorsMatching } from './error-search.ts';
import './errors.css';

/** Every error code there is, or, below `/errors/`, one of them. */
export function ErrorsPage() {
  const code = codeOf(usePathname());
  return code === undefined ? <ErrorList /> : <ErrorDetail code={code} />;
}

function codeOf(pathname: string): string | undefined {
  const rest = pathname.slice(paths.errors().length + 1).replace(/\/+$/, '');
  if (rest === '') return undefined;
  try {
    return decodeURIComponent(rest);
  } catch {
    // A stray percent sign: shown as it is, and not found.
    return rest;
  }
}

function ErrorList() {
  const search = useSearch();
  const words = search.get('q') ?? '';
  const component = componentOf(search.get('component'));
  const matching = errorsMatching(errorReferences, words, undefined);
  const counts = countByComponent(matching);
  const shown = component === undefined ? matching : matching.filter((one) => one.component === component);
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle>Errors</PageTitle>
        <span className="quiet" role="status">
          {shown.length === 1 ? '1 code' : `${shown.length} codes`}
        </span>
        <div className="data-tools">
          <SearchInput
            value={words}
            label="Search codes, causes and remedies"
            placeholder="Search code, cause, remedy…"
          />
        </div>
      </div>
      <div className="stack">
        <div className="error-filter" role="group" aria-label="Show only">
          {componentNames().map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === component}
              onClick={() => setSearch({ component: one === component ? undefined : one }, 'replace')}
            >
              <b>{counts.get(one) ?? 0}</b> {COMPONENTS[one].name}
            </button>
          ))}
        </div>
        {shown.length === 0 ? (
          <div className="panel stack">
            <p>No code matches. Codes are searched with their titles, causes and remedies.</p>
            <div className="row">
              <Button variant="outlined" onClick={() => setSearch({ q: undefined, component: undefined })}>
                Show every code
              </Button>
            </div>
          </div>
        ) : (
          <ul className="panel errors" aria-label="Error codes">
            {shown.map(({ code, title, component: of }) => (
              <li key={code}>
                <Link href={paths.errors(code)}>{code}</Link>
                <span>{title}</span>
                <span className="quiet small">{COMPONENTS[of].name}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function componentNames(): readonly ErrorComponent[] {
  return ['troubleshooter', 'check', 'kubeconfig', 'api', 'server', 'operator', 'meshsync', 'cli', 'library'];
}

function componentOf(word: string | null): ErrorComponent | undefined {
  return componentNames().find((one) => one === word);
}
