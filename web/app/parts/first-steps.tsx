import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { go, hrefOf, pathOf } from '../address/address';
import { useAction } from '../server/action';
import { holdfast } from '../server/client';
import { overview } from '../server/overview';
import { may } from '../server/session';
import { SelectField, TextAreaField, TextField } from './field';
import { Form } from './form';
import '../styles/gate.css';

const STEPS = { admin: 'An admin', pool: 'A pool', loan: 'A loan' } as const;
type Step = keyof typeof STEPS;

/** How far a new server is on its way to the first loan. */
export function Steps({ at }: { at: Step }) {
  const names = Object.keys(STEPS) as Step[];
  return (
    <ol class="steps" aria-label="Steps to the first loan">
      {names.map((name, index) => (
        <li
          key={name}
          class={index < names.indexOf(at) ? 'done' : undefined}
          aria-current={name === at ? 'step' : undefined}
        >
          {index + 1} {STEPS[name]}
        </li>
      ))}
    </ol>
  );
}

/** Is the first pool being made? Its form stays until that is whole, or has gone again. */
const isMaking = signal(false);

/** Should this user be led to the first pool? */
export function wantsFirstPool(): boolean {
  return may('admin') && (isMaking.value || overview.value?.pools.length === 0);
}

/** Leads an admin to the first pool. */
export function FirstSteps() {
  // A form that is left behind would come back with every later visit.
  useEffect(() => () => void (isMaking.value = false), []);
  return (
    <section class="card stack first-steps" aria-label="First steps">
      <Steps at="pool" />
      <h2>Make your first pool</h2>
      <p class="about">
        A pool is a number of like things that people borrow: accounts, virtual machines, phones.
      </p>
      <FirstPool />
      <p class="hint">
        Pools can also come from a file (the setting POOLS_FILE), which knows every driver and
        policy; or from <a href={hrefOf('/run/pools')}>Run › Pools</a>.
      </p>
    </section>
  );
}

const KINDS = [
  ['simulated', 'Try it out: simulated accounts'],
  ['static', 'Things that exist, listed by name'],
] as const;

function FirstPool() {
  const [what, setWhat] = useState<string>('simulated');
  const [name, setName] = useState('lab');
  const [size, setSize] = useState('5');
  const [list, setList] = useState('');
  const action = useAction();
  const submit = async () => {
    const make = () => (what === 'static' ? listed(name, list) : simulated(name, Number(size)));
    isMaking.value = true;
    if (await action.run(make, `The pool ${name} is there.`)) go(hrefOf('/borrow', { pool: name }));
  };
  return (
    <Form submit="Make the pool" action={action} onSubmit={() => void submit()}>
      <SelectField label="What to lend" value={what} options={KINDS} onValue={setWhat} />
      <TextField
        label="Name of the pool"
        value={name}
        onValue={setName}
        hint="People borrow by this name."
        required
      />
      {what === 'simulated' ? (
        <TextField
          label="How many"
          type="number"
          min={1}
          max={1000}
          value={size}
          onValue={setSize}
          hint="They exist only in Holdfast, to see how it works."
          required
        />
      ) : (
        <TextAreaField
          label="The things, one a line"
          value={list}
          onValue={setList}
          hint="Holdfast lends them as they are, and changes nothing on them."
          placeholder={'phone-1\nphone-2'}
          required
        />
      )}
    </Form>
  );
}

async function simulated(name: string, size: number): Promise<void> {
  await holdfast.pools.create({ name, kind: 'account', driver: 'simulated', size });
}

/** A pool that is not whole would only be in the way: without its things, it goes again. */
async function listed(name: string, list: string): Promise<void> {
  const names = list.split('\n').map((line) => line.trim());
  await holdfast.pools.create({ name, kind: 'item', driver: 'static', sizing: 'manual' });
  try {
    for (const each of names.filter((line) => line !== ''))
      await holdfast.resources.create({ pool: name, name: each });
  } catch (error) {
    await holdfast.request({ method: 'DELETE', path: `/v1${pathOf('pools', name)}` });
    throw error;
  }
}
