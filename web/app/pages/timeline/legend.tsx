import { KINDS } from './words';

/** Names the colours of the chart. */
export function Legend() {
  return (
    <ul class="tl-legend" aria-label="Colours">
      <Entry kind="mine" words="lent to you" />
      {Object.entries(KINDS).map(([kind, words]) => (
        <Entry key={kind} kind={kind} words={words} />
      ))}
    </ul>
  );
}

function Entry({ kind, words }: { kind: string; words: string }) {
  return (
    <li>
      <svg class={`tl-swatch ${kind}`} aria-hidden="true">
        <rect class="tl-bar" width="100%" height="100%" rx="2" />
        {kind === 'mine' && <rect class="tl-mark" width="4" height="100%" />}
      </svg>
      {words}
    </li>
  );
}

/** Patterns, so that kinds differ also for those who see no colours. */
export function Patterns() {
  return (
    <svg class="tl-patterns" aria-hidden="true">
      <defs>
        {['maintenance', 'cleaning', 'held'].map((kind) => (
          <pattern
            key={kind}
            id={`tl-${kind}`}
            class={kind}
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform={kind === 'cleaning' ? 'rotate(-45)' : 'rotate(45)'}
          >
            <rect class="back" width="6" height="6" />
            <rect class="front" width={kind === 'cleaning' ? 2 : 3} height="6" />
          </pattern>
        ))}
      </defs>
    </svg>
  );
}
