import NativeSelect from '@mui/material/NativeSelect';

interface FilterSelectProps<T extends string> {
  readonly label: string;
  /** The choice of none of them; `all` unless told. */
  readonly none?: string;
  readonly value: T | undefined;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T | undefined) => void;
}

/** Chooses one of a few, or all. */
export function FilterSelect<T extends string>({
  label,
  none = 'all',
  value,
  options,
  onChange,
}: FilterSelectProps<T>) {
  return (
    <label className="row quiet small">
      {label}
      <NativeSelect
        value={value ?? ''}
        onChange={(event) => onChange(options.find((one) => one.value === event.target.value)?.value)}
      >
        <option value="">{none}</option>
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </NativeSelect>
    </label>
  );
}
