import type { ComponentChildren } from 'preact';
import { hrefOf, pathOf } from '../../address/address';
import { Time } from '../../parts/time';
import { nameOf } from './names';
import { SENTENCES, type Event } from './sentences';

/** Data that are times, epoch ms. */
const TIMES = ['endsAt', 'heartbeatBy', 'expiresAt'];
/** Words of a driver or an admin that say more; they end the sentence. */
const MORE = ['reason', 'detail'];

/** An event as one sentence, with the values that it changed. */
export function Sentence({ event }: { event: Event }) {
  const template = SENTENCES[event.type];
  const more = MORE.filter((name) => event.data[name] && !template.includes(`{${name}}`));
  return (
    <span>
      {template
        .split(/\{(\w+)\}/)
        .map((part, index) => (index % 2 === 0 ? part : <Part name={part} event={event} />))}
      {more.map((name) => (
        <>
          : <bdi>{String(event.data[name])}</bdi>
        </>
      ))}
      <Changes event={event} />
    </span>
  );
}

function Part({ name, event }: { name: string; event: Event }): ComponentChildren {
  if (name === 'actor') return <Actor event={event} />;
  if (name === 'by') return <By event={event} />;
  if (name === 'user') return <User id={event.user} />;
  if (name === 'resource') return <Thing of={event.resource} at="resources" event={event} />;
  if (name === 'pool') return <Thing of={event.pool} at="pools" event={event} />;
  const value = event.data[name];
  if (TIMES.includes(name))
    return typeof value === 'number' ? (
      <Time at={new Date(value).toISOString()} as="clock" />
    ) : (
      'an open end'
    );
  return <bdi>{value === null || value === undefined ? '–' : String(value)}</bdi>;
}

function Actor({ event: { actor } }: { event: Event }) {
  if (actor === null) return <>Somebody</>;
  if (actor.kind === 'job') return <>The job {actor.name}</>;
  if (actor.kind === 'system' && actor.id === 'server') return <>The server</>;
  return <bdi class="who">{actor.name}</bdi>;
}

/** The person who did it for the user, if it was somebody else. */
function By({ event }: { event: Event }) {
  const { actor, user } = event;
  // Nothing of a job: it lends what somebody has asked for.
  const isPerson = actor?.kind === 'user' || actor?.kind === 'token';
  if (!isPerson || actor.id === user) return null;
  return (
    <>
      , by <Actor event={event} />
    </>
  );
}

function User({ id }: { id: string | null }) {
  if (id === null) return <>nobody</>;
  const name = nameOf(id);
  return <bdi class="who">{name ?? (name === null ? 'a former user' : 'a user')}</bdi>;
}

interface ThingProps {
  of: Event['resource'];
  at: 'resources' | 'pools';
  event: Event;
}

/** A link to it; one that is gone has the name that it had, if the event knows it. */
function Thing({ of, at, event }: ThingProps) {
  if (of === null) return <>nothing</>;
  if (of.name === null) return <bdi>{String(event.data.name ?? of.id)}</bdi>;
  return (
    <a href={hrefOf(pathOf(at, at === 'pools' ? of.name : of.id))}>
      <bdi>{of.name}</bdi>
    </a>
  );
}

/** Values that are longer are only in the facts. */
const LONGEST = 40;

function Changes({ event: { changed } }: { event: Event }) {
  if (changed === null) return null;
  return (
    <>
      {Object.entries(changed).map(([field, { from, to }]) => (
        <span key={field} class="change">
          <bdi>{field}</bdi>: <bdi>{shortly(from)}</bdi> → <bdi>{shortly(to)}</bdi>
        </span>
      ))}
    </>
  );
}

function shortly(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
  return text.length > LONGEST ? `${[...text].slice(0, LONGEST).join('')}…` : text;
}
