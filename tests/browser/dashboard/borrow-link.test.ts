import { bodyOf, draftOf, hrefOfDraft } from '../../../web/app/pages/borrow/draft';
import { borrowHref } from '../../../web/app/pages/borrow/link';

const draft = (query: string) => draftOf(new URLSearchParams(query));
const body = (query: string, keys: string[] = []) => bodyOf(draft(query), keys);

describe('a link that borrows', () => {
  test('each pool, kind and resource begins an item, to which what follows belongs', () => {
    const link = 'pool=lab&pool=phones&type=small&count=2&kind=vm&label=zone%3Da&resource=lab-3';
    expect(body(link)).toEqual({
      items: [
        { pool: 'lab', count: 1 },
        { pool: 'phones', type: 'small', count: 2 },
        { kind: 'vm', labels: { zone: 'a' }, count: 1 },
        { resource: 'lab-3', count: 1 },
      ],
    });
  });

  test('the terms of the loan stand beside them', () => {
    const link =
      'pool=a,b&for=1h+30m&note=tests&priority=3&giveUp=0&onBehalfOf=bea&username=tester';
    expect(body(link)).toEqual({
      items: [{ pools: ['a', 'b'], count: 1 }],
      durationSeconds: 5_400,
      note: 'tests',
      priority: 3,
      queueTimeoutSeconds: 0,
      onBehalfOf: 'bea',
      access: { username: 'tester' },
    });
    expect(body('pool=a&for=open').durationSeconds).toBeNull();
    expect(body('pool=a&until=2030-01-01T12:00:00Z').endsAt).toBe('2030-01-01T12:00:00.000Z');
  });

  test.each([
    ['', 'Item 1, pool: Choose one.'],
    ['pool=a&count=many', 'Item 1, count: Write a whole number.'],
    ['pool=a&for=soon', 'How long: Write a duration such as 30m or 2 h.'],
    ['pool=a&giveUp=later', 'Give up waiting after: Write a duration such as 30m or 2 h.'],
    ['pool=a&priority=high', 'Priority: Write a whole number.'],
    ['pool=a&kind=vm&label=zone', 'Item 2, labels: Write name=value, separated by commas.'],
  ])('%p is refused: %s', (link, message) => {
    expect(() => body(link)).toThrow(message);
  });

  test('the link of a form fills in the same form', () => {
    const link =
      'pool=lab&type=small&count=2&kind=vm&label=a%3D1&label=b%3D2&resource=r%261&for=2h&note=%D7%A9';
    const again = hrefOfDraft(draft(link));
    expect(draft(again.slice(again.indexOf('?') + 1))).toEqual(draft(link));
  });

  test('the items of a loan become a link that asks for the same', () => {
    const items = [
      { pool: 'lab', count: 2 },
      { kind: 'vm', labels: { zone: 'x' } },
    ];
    expect(borrowHref(items)).toBe('#/borrow?pool=lab&count=2&kind=vm&label=zone%3Dx');
  });

  test('a key is sent only if it is one of the reader', () => {
    const chosen = { ...draft('pool=lab'), login: 'ssh-ed25519 AAAA' };
    expect(bodyOf(chosen, ['ssh-ed25519 AAAA']).access).toEqual({ publicKey: 'ssh-ed25519 AAAA' });
    expect(bodyOf(chosen, []).access).toBeUndefined();
  });
});
