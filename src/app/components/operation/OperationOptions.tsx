import TextField from '@mui/material/TextField';
import type { InstallOptions, OperationKind } from '../../../api/operation.ts';
import { CONTROLLER_NAMES } from '../connection/words.ts';
import { hasControllers } from './operation-words.ts';
import { ALL_CONTROLLERS, type Choices } from './use-request.ts';

interface OperationOptionsProps {
  readonly kind: OperationKind;
  readonly choices: Choices;
  readonly onChange: (next: Choices) => void;
}

/** What may be chosen for an operation, and nothing that does not apply to it. */
export function OperationOptions({ kind, choices, onChange }: OperationOptionsProps) {
  const canConfigure = kind === 'install' || kind === 'redeploy' || kind === 'adopt';
  return (
    <>
      {hasControllers(kind) && (
        <fieldset className="options">
          <legend>What</legend>
          {ALL_CONTROLLERS.map((controller) => (
            <Choice
              key={controller}
              label={CONTROLLER_NAMES[controller]}
              isChecked={choices.controllers.includes(controller)}
              onChange={(isChecked) =>
                onChange({
                  ...choices,
                  controllers: ALL_CONTROLLERS.filter((one) =>
                    one === controller ? isChecked : choices.controllers.includes(one),
                  ),
                })
              }
            />
          ))}
        </fieldset>
      )}
      {kind === 'uninstall' && (
        <fieldset className="options">
          <legend>Remove as well</legend>
          <Choice
            label="The definitions (CRDs), and with them every resource of these kinds in the cluster"
            isChecked={choices.removeDefinitions}
            onChange={(removeDefinitions) => onChange({ ...choices, removeDefinitions })}
          />
          <Choice
            label="The namespace, with everything in it"
            isChecked={choices.removeNamespace}
            onChange={(removeNamespace) => onChange({ ...choices, removeNamespace })}
          />
          <Choice
            label="Finalizers that nobody will finish, should a resource hang on one"
            isChecked={choices.releaseFinalizers}
            onChange={(releaseFinalizers) => onChange({ ...choices, releaseFinalizers })}
          />
        </fieldset>
      )}
      {canConfigure && (
        <details className="preview">
          <summary>More</summary>
          <InstallFields
            install={choices.install}
            onChange={(install) => onChange({ ...choices, install })}
          />
        </details>
      )}
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

function Choice({ label, isChecked, onChange }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="checkbox" checked={isChecked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}

const FAMILIES = [
  { value: 'meshplay', label: 'Meshplay' },
  { value: 'meshery', label: 'Meshery' },
] as const;
const GENERATIONS = [
  { value: 'new', label: 'new operator' },
  { value: 'old', label: 'old operator' },
] as const;
const SERVICES = [
  { value: 'ClusterIP', label: 'ClusterIP, inside the cluster only' },
  { value: 'NodePort', label: 'NodePort, a port of every node' },
  { value: 'LoadBalancer', label: 'LoadBalancer, an address of its own' },
] as const;

interface InstallFieldsProps {
  readonly install: InstallOptions;
  readonly onChange: (next: InstallOptions) => void;
}

/** How to install; what is left empty the server chooses by what the cluster has. */
function InstallFields({ install, onChange }: InstallFieldsProps) {
  const text = (key: 'namespace' | 'version' | 'registry' | 'pullSecret', label: string, hint: string) => (
    <TextField
      size="small"
      label={label}
      helperText={hint}
      value={install[key] ?? ''}
      onChange={({ target }) => onChange(without(install, key, target.value.trim()))}
    />
  );
  return (
    <div className="options-fields">
      <Choose
        label="Family"
        options={FAMILIES}
        value={install.family}
        onChange={(family) => onChange(patched(install, 'family', family))}
      />
      {install.family === 'meshery' && (
        <Choose
          label="Generation"
          options={GENERATIONS}
          value={install.generation}
          onChange={(generation) => onChange(patched(install, 'generation', generation))}
        />
      )}
      {text('namespace', 'Namespace', 'lower case letters, digits and dashes')}
      {text('version', 'Version', 'a tag of the Operator’s image')}
      {text('registry', 'Registry', 'put before every image, for a mirror')}
      {text('pullSecret', 'Pull secret', 'its name, in the namespace')}
      <Choose
        label="Broker service"
        options={SERVICES}
        value={install.brokerService}
        onChange={(brokerService) => onChange(patched(install, 'brokerService', brokerService))}
      />
    </div>
  );
}

function without(
  install: InstallOptions,
  key: 'namespace' | 'version' | 'registry' | 'pullSecret',
  value: string,
): InstallOptions {
  const { [key]: _, ...rest } = install;
  return value === '' ? rest : { ...rest, [key]: value };
}

function patched<K extends 'family' | 'generation' | 'brokerService'>(
  install: InstallOptions,
  key: K,
  value: InstallOptions[K] | undefined,
): InstallOptions {
  const { [key]: _, ...rest } = install;
  return value === undefined ? rest : { ...rest, [key]: value };
}

interface ChooseProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T | undefined;
  readonly onChange: (value: T | undefined) => void;
}

function Choose<T extends string>({ label, options, value, onChange }: ChooseProps<T>) {
  return (
    <TextField
      select
      size="small"
      label={label}
      value={value ?? ''}
      slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
      onChange={({ target }) => onChange(options.find((one) => one.value === target.value)?.value)}
    >
      <option value="">automatic</option>
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.label}
        </option>
      ))}
    </TextField>
  );
}
