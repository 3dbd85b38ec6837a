import type { ComponentChildren } from 'preact';
import { useEffect, useId } from 'preact/hooks';
import '../styles/run.css';

interface Ids {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': 'true' | undefined;
}

interface CheckedProps {
  label: string;
  /** Explains it, in a sentence. */
  hint?: ComponentChildren;
  /** Why the server has refused the value; the field is focused then. */
  error?: string | null;
}

/** A control with its label, a hint, and why its value was refused. */
export function CheckedField({
  label,
  hint,
  error = null,
  children,
}: CheckedProps & { children: (ids: Ids) => ComponentChildren }) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error === null ? '' : `${id}-error`];
  useFocusOn(error, id);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        'aria-describedby': described.filter(Boolean).join(' ') || undefined,
        'aria-invalid': error === null ? undefined : 'true',
      })}
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}

function useFocusOn(error: string | null, id: string): void {
  useEffect(() => {
    if (error !== null) document.getElementById(id)?.focus();
  }, [error]);
}

function Notes({ id, hint, error }: Pick<CheckedProps, 'hint' | 'error'> & { id: string }) {
  return (
    <>
      {error && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </>
  );
}

interface TextProps extends CheckedProps {
  value: string;
  onValue: (value: string) => void;
  type?: 'text' | 'password' | 'email' | 'number' | 'url' | 'datetime-local';
  autoComplete?: string;
  required?: boolean;
  min?: number;
  maxLength?: number;
  list?: string;
}

/** A field for a line of text, a number, a time … */
export function CheckedText({
  label,
  hint,
  error,
  value,
  onValue,
  type = 'text',
  ...rest
}: TextProps) {
  return (
    <CheckedField label={label} hint={hint} error={error}>
      {(ids) => (
        <input
          {...({ ...rest, ...ids, type } as { type: 'text' })}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </CheckedField>
  );
}

interface AreaProps extends CheckedProps {
  value: string;
  onValue: (value: string) => void;
  rows?: number;
}

/** A field for several lines of code, such as JSON. */
export function CheckedArea({ label, hint, error, value, onValue, rows = 4 }: AreaProps) {
  return (
    <CheckedField label={label} hint={hint} error={error}>
      {(ids) => (
        <textarea
          {...ids}
          class="mono"
          rows={rows}
          spellcheck={false}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </CheckedField>
  );
}

interface ChoiceProps extends CheckedProps {
  value: string;
  /** Values, with their words. */
  options: readonly (readonly [value: string, words: string])[];
  onValue: (value: string) => void;
}

/** A choice of one among few. */
export function CheckedChoice({ label, hint, error, value, options, onValue }: ChoiceProps) {
  return (
    <CheckedField label={label} hint={hint} error={error}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {options.map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
      )}
    </CheckedField>
  );
}

interface BoxProps extends CheckedProps {
  value: boolean;
  onValue: (value: boolean) => void;
}

/** Yes or no. */
export function CheckedBox({ label, hint, error = null, value, onValue }: BoxProps) {
  const id = useId();
  useFocusOn(error, id);
  return (
    <div class="field check">
      <label for={id}>
        <input
          id={id}
          type="checkbox"
          checked={value}
          aria-describedby={hint ? `${id}-hint` : undefined}
          aria-invalid={error === null ? undefined : 'true'}
          onChange={(event) => onValue(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}
