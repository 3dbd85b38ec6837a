import { useEffect, useRef, useState } from 'preact/hooks';
import { filterOf, setQuery } from '../address/address';
import { TextField } from './field';

/** So long after the last key the address follows, in ms. */
const REST = 250;

/** A field whose text is a filter in the address. */
export function TextFilter({ label, name }: { label: string; name: string }) {
  const there = filterOf(name);
  const [text, setText] = useState(there);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => setText(there), [there]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <TextField
      label={label}
      type="search"
      value={text}
      onValue={(value) => {
        setText(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setQuery({ [name]: value }), REST);
      }}
    />
  );
}
