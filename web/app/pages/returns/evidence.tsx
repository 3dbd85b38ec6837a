import type { ComponentChildren } from 'preact';
import { Time } from '../../parts/time';
import { derivedWords, times, type Return } from './words';

type Shown = Return['shown'];

/** The evidence that the last holder is out, a line for each kind. */
export function Evidence({ shown }: { shown: Shown }) {
  const { refused, derived, searched, replaced } = shown;
  if (!refused && !derived && !searched && !replaced)
    return <p class="log-soft">It has shown nothing: the resource was lent as it is.</p>;
  return (
    <dl class="log-facts">
      {refused && <Refused {...refused} />}
      {derived && (
        <Fact name="Tokens and sessions">
          {derivedWords(derived)}
          {derived.until !== null && (
            <>
              {' '}
              None lives longer than <Time at={derived.until} as="clock" />.
            </>
          )}
        </Fact>
      )}
      {searched && <Searched {...searched} />}
      {replaced && (
        <Fact name="Replaced">
          The resource is a new one; the old one, <code>{replaced.gone}</code>, is gone.
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Refused({
  endpoint,
  times: count,
  since,
  until,
  accepted,
}: NonNullable<Shown['refused']>) {
  return (
    <Fact name="Login">
      It was refused {times(count)} in a row at{' '}
      <code>
        <bdi>{endpoint}</bdi>
      </code>
      , from <Time at={since} as="clock" /> to <Time at={until} as="clock" />; another was accepted{' '}
      {times(accepted)} meanwhile.
    </Fact>
  );
}

function Searched({ passes, found, since, until, inventory }: NonNullable<Shown['searched']>) {
  return (
    <Fact name="Search">
      Everything was searched {times(passes)}, from <Time at={since} as="clock" /> to{' '}
      <Time at={until} as="clock" />; {found === 0 ? 'nothing' : found} was found and removed. Hash
      of the inventory: <code>{inventory}</code>
    </Fact>
  );
}
