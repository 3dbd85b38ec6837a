import { useState } from 'preact/hooks';
import { go, hrefOf, pathOf } from '../../address/address';
import { CheckedArea, CheckedBox, CheckedChoice, CheckedText } from '../../parts/checked-field';
import { Dialog } from '../../parts/dialog';
import { Form } from '../../parts/form';
import { useAction } from '../../server/action';
import { holdfast, type Schemas } from '../../server/client';
import { errorAt, InputError } from '../../server/field-errors';
import { DRIVERS, hintOf, SIMPLE_SETTINGS } from './driver-settings';

const KINDS = ['account', 'vm', 'container', 'token', 'host', 'item'] as const;

/** The texts in the form; settings by their names, or as JSON under an empty one. */
interface Written {
  name: string;
  kind: string;
  driver: string;
  size: string;
  settings: Readonly<Record<string, string>>;
}

const BLANK: Written = { name: '', kind: 'vm', driver: 'simulated', size: '1', settings: {} };

/** Makes a pool. */
export function NewPool({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [written, setWritten] = useState(BLANK);
  const action = useAction();
  const set = (change: Partial<Written>) => setWritten({ ...written, ...change });
  const error = (field: string) => errorAt(action.failure, field);
  const submit = async () => {
    const make = async () => holdfast.pools.create(poolOf(written));
    if (!(await action.run(make, `${written.name} is made; its resources follow.`))) return;
    onClose();
    onDone();
    go(hrefOf(pathOf('run', 'pools', written.name)));
  };
  return (
    <Dialog title="New pool" onClose={onClose}>
      <Form
        submit="Make the pool"
        action={action}
        onCancel={onClose}
        onSubmit={() => void submit()}
      >
        <CheckedText
          label="Name"
          hint="Requests use it. Lower-case letters, digits and -, beginning with a letter."
          required
          maxLength={63}
          value={written.name}
          onValue={(name) => set({ name })}
          error={error('name')}
        />
        <div class="field-grid">
          <CheckedChoice
            label="Kind"
            options={KINDS.map((kind) => [kind, kind] as const)}
            value={written.kind}
            onValue={(kind) => set({ kind })}
            error={error('kind')}
          />
          <CheckedChoice
            label="Driver"
            options={DRIVERS.map((driver) => [driver, driver] as const)}
            value={written.driver}
            onValue={(driver) => set({ driver, settings: {} })}
            error={error('driver')}
          />
          <CheckedText
            label="Size"
            type="number"
            min={0}
            hint="How many resources the server keeps."
            value={written.size}
            onValue={(size) => set({ size })}
            error={error('size')}
          />
        </div>
        <Settings written={written} set={set} error={error} />
      </Form>
    </Dialog>
  );
}

interface SettingsProps {
  written: Written;
  set: (change: Partial<Written>) => void;
  error: (field: string) => string | null;
}

function Settings({ written: { driver, settings }, set, error }: SettingsProps) {
  const simple = SIMPLE_SETTINGS[driver];
  const change = (name: string) => (value: string) =>
    set({ settings: { ...settings, [name]: value } });
  return (
    <fieldset class="settings">
      <legend>Settings of the driver</legend>
      <p class="hint">{hintOf(driver)}</p>
      {!simple && (
        <CheckedArea
          label="Settings (JSON)"
          value={settings[''] ?? '{}'}
          onValue={change('')}
          error={error('settings')}
        />
      )}
      <div class="field-grid">
        {simple?.map(({ name, label, kind, hint, preset }) => {
          const value = settings[name] ?? preset;
          const shared = { label, hint, error: error(`settings.${name}`) };
          return kind === 'flag' ? (
            <CheckedBox
              key={name}
              {...shared}
              value={value === 'true'}
              onValue={(isSet) => change(name)(String(isSet))}
            />
          ) : (
            <CheckedText
              key={name}
              {...shared}
              type="number"
              min={0}
              value={value}
              onValue={change(name)}
            />
          );
        })}
      </div>
    </fieldset>
  );
}

/** The pool as the API takes it. Errors: `InputError` for settings that are no JSON. */
function poolOf({ name, kind, driver, size, settings }: Written): Schemas['NewPool'] {
  return {
    name,
    kind: kind as Schemas['NewPool']['kind'],
    driver,
    ...(size.trim() === '' ? {} : { size: Number(size) }),
    settings: settingsOf(driver, settings),
  };
}

function settingsOf(driver: string, settings: Written['settings']): Record<string, unknown> {
  const simple = SIMPLE_SETTINGS[driver];
  if (!simple) return objectIn(settings[''] ?? '{}');
  const changed = simple.filter(({ name, preset }) => (settings[name] ?? preset) !== preset);
  return Object.fromEntries(
    changed.map(({ name, kind }) => [
      name,
      kind === 'flag' ? settings[name] === 'true' : Number(settings[name]),
    ]),
  );
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new InputError('settings', 'The settings are no JSON, such as {"memoryMb": 512}.');
  }
}
