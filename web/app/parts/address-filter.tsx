import { useId } from 'preact/hooks';
import { filterOf, setQuery } from '../address/address';
import { Field, SelectField } from './field';

interface FilterProps {
  label: string;
  /** Its name in the address. */
  name: string;
}

/** A filter by a whole name; it takes effect when the field is left, or with Enter. */
export function NameFilter({
  label,
  name,
  suggestions = [],
}: FilterProps & { suggestions?: readonly string[] }) {
  const list = useId();
  return (
    <Field label={label}>
      {(ids) => (
        <>
          <input
            {...ids}
            type="search"
            dir="auto"
            maxLength={200}
            value={filterOf(name)}
            list={suggestions.length > 0 ? list : undefined}
            onChange={(event) => setQuery({ [name]: event.currentTarget.value.trim() })}
          />
          <datalist id={list}>
            {suggestions.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** A filter by one of few values; an empty one sets none. */
export function ChoiceFilter({
  label,
  name,
  options,
}: FilterProps & { options: readonly (readonly [value: string, words: string])[] }) {
  return (
    <SelectField
      label={label}
      value={filterOf(name)}
      options={options}
      onValue={(value) => setQuery({ [name]: value })}
    />
  );
}

/** A filter by a time, which is shown in the reader's zone; the address has it in UTC. */
export function TimeFilter({ label, name }: FilterProps) {
  return (
    <Field label={label}>
      {(ids) => (
        <input
          {...ids}
          type="datetime-local"
          value={asLocal(filterOf(name))}
          onChange={(event) => setQuery({ [name]: asInstant(event.currentTarget.value) })}
        />
      )}
    </Field>
  );
}

/** An instant as such a field has it, without a zone; empty if it is none. */
export function asLocal(instant: string): string {
  const ms = Date.parse(instant);
  if (Number.isNaN(ms)) return '';
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** The instant, RFC 3339, that such a field means; empty if it is empty. */
export function asInstant(local: string): string {
  const ms = Date.parse(local);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}
