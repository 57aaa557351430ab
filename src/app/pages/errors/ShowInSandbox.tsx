import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../data/client.ts';
import { useSandbox } from '../../data/queries.ts';
import { navigate } from '../../navigation.ts';
import { notifyError } from '../../notify/notify.ts';
import { paths } from '../../paths.ts';
import { Button } from '../../ui/Button.tsx';

/** The simulated faults that lead to a finding, each with the way to see it. */
export function ShowInSandbox({ code }: { readonly code: string }) {
  const cache = useQueryClient();
  const { data } = useSandbox();
  const { mutate, isPending } = useMutation({
    mutationFn: (world: string) => client.call('sandboxEnter', { body: { world } }),
    onSuccess: async () => {
      await cache.invalidateQueries();
      navigate(paths.settings());
    },
    onError: (error) => notifyError('The simulated world could not be started.', error),
  });
  const faults = data?.faults.filter(({ shows }) => shows.includes(code)) ?? [];
  if (faults.length === 0) return null;
  return (
    <>
      <h3>Show it in the sandbox</h3>
      <p>A simulated cluster with this fault takes the place of the simulated world that runs.</p>
      <ul className="row">
        {faults.map(({ name, title, world }) => (
          <li key={name}>
            <Button variant="outlined" disabled={isPending} onClick={() => mutate(world)}>
              {title}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
