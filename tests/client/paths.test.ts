import { Holdfast, InvalidError } from '../../src/client';
import { ROUTES } from '../../src/client/routes';

const UNNAMABLE = ['', '.', '..', '\ud800'];

/** A client, and the addresses that it has asked. */
function client(): { holdfast: Holdfast; asked: string[] } {
  const asked: string[] = [];
  const fetch = (url: Parameters<typeof globalThis.fetch>[0]) => {
    asked.push(new Request(url).url);
    return Promise.resolve(Response.json({ items: [], nextCursor: null }));
  };
  return { holdfast: new Holdfast({ url: 'http://127.0.0.1:1', fetch }), asked };
}

const named = Object.entries(ROUTES).flatMap(([group, routes]) =>
  Object.entries(routes)
    .filter(([, { path }]) => path.includes('{'))
    .map(([name, { path }]) => [`${group}.${name}`, group, name, path] as const),
);

type AnyCall = (id: string, body?: object) => Promise<unknown> | AsyncIterable<unknown>;

async function calling(holdfast: Holdfast, group: string, name: string, id: string) {
  const calls = holdfast[group as 'pools'] as unknown as Record<string, AnyCall>;
  const called = calls[name]!(id, {});
  if (called instanceof Promise) await called;
  else for await (const _entry of called);
}

describe.each(named)('%s', (_title, group, name, path) => {
  const [, field] = /\{(\w+)\}/.exec(path)!;

  test.each(UNNAMABLE)('refuses %j, by the name of the argument, and asks nothing', async (id) => {
    const { holdfast, asked } = client();
    const refused = calling(holdfast, group, name, id);
    await expect(refused).rejects.toBeInstanceOf(InvalidError);
    await expect(refused).rejects.toMatchObject({ code: 'invalid', field });
    await expect(refused).rejects.toThrow(`The ${field} `);
    expect(asked).toEqual([]);
  });

  test.each(['a/b', 'a?b', 'a#b', '../x', '%2e', '...', 'a b', '.a'])('asks for %j', async (id) => {
    const { holdfast, asked } = client();
    await calling(holdfast, group, name, id);
    const part = encodeURIComponent(id);
    expect(asked).toEqual([`http://127.0.0.1:1${path.replace(/\{\w+\}/, () => part)}`]);
  });
});

test.each(UNNAMABLE)('waiting for the reservation %j asks nothing', async (id) => {
  const { holdfast, asked } = client();
  await expect(holdfast.untilServed(id)).rejects.toMatchObject({ code: 'invalid', field: 'id' });
  expect(asked).toEqual([]);
});
