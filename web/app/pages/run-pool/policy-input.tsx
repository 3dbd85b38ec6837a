import { CheckedArea, CheckedBox, CheckedChoice, CheckedText } from '../../parts/checked-field';
import type { PolicyField } from './policy';

interface PolicyInputProps {
  field: PolicyField;
  value: string;
  onValue: (value: string) => void;
  error: string | null;
}

/** The control for a leaf of a pool. */
export function PolicyInput({ field, value, onValue, error }: PolicyInputProps) {
  const { label, kind, hint, options = [], mayBeNever } = field;
  const shared = { label, hint, error };
  switch (kind) {
    case 'count':
      return <CheckedText {...shared} type="number" min={0} value={value} onValue={onValue} />;
    case 'duration':
      return (
        <CheckedText
          {...shared}
          hint={`${hint} ${mayBeNever ? 'Such as 90s, 1h 30m or never.' : 'Such as 90s or 1h 30m.'}`}
          value={value}
          onValue={onValue}
        />
      );
    case 'flag':
      return (
        <CheckedBox
          {...shared}
          value={value === 'true'}
          onValue={(isSet) => onValue(String(isSet))}
        />
      );
    case 'choice':
      return <CheckedChoice {...shared} options={options} value={value} onValue={onValue} />;
    case 'json':
      return (
        <div class="whole">
          <CheckedArea
            {...shared}
            rows={Math.min(16, value.split('\n').length + 1)}
            value={value}
            onValue={onValue}
          />
        </div>
      );
  }
}
