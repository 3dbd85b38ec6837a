import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  /** Explains it, in a sentence; its id is given to the control. */
  hint?: ComponentChildren;
  children: (ids: { id: string; 'aria-describedby': string | undefined }) => ComponentChildren;
}

/** A control with its label and a hint. */
export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  const hintId = hint ? `${id}-hint` : undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': hintId })}
      {hint && (
        <p id={hintId} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface TextFieldProps {
  label: string;
  hint?: ComponentChildren;
  value: string;
  onValue: (value: string) => void;
  type?: 'text' | 'password' | 'email' | 'number' | 'search' | 'url' | 'datetime-local';
  autoComplete?: string;
  placeholder?: string;
  required?: boolean;
  min?: number;
  max?: number;
  maxLength?: number;
  /** The id of a `datalist` with suggestions. */
  list?: string;
}

/** A field for a line of text, a number, a password … */
export function TextField({ label, hint, value, onValue, type = 'text', ...rest }: TextFieldProps) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <input
          {...({ ...rest, ...ids, type } as { type: 'text' })}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

type TextAreaProps = Pick<
  TextFieldProps,
  'label' | 'hint' | 'value' | 'onValue' | 'placeholder' | 'required' | 'maxLength'
>;

/** A field for several lines of text. */
export function TextAreaField({ label, hint, value, onValue, ...rest }: TextAreaProps) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <textarea
          {...rest}
          {...ids}
          rows={4}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface SelectProps {
  label: string;
  hint?: ComponentChildren;
  value: string;
  /** Values, with their words. */
  options: readonly (readonly [value: string, words: string])[];
  onValue: (value: string) => void;
}

/** A choice of one among few. */
export function SelectField({ label, hint, value, options, onValue }: SelectProps) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {options.map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
