import { namesake, userNamed } from '../../src/domain/people/usernames';

const [Ann, ann, bob] = ['Ann', 'ann', 'Bob'].map((username) => ({
  id: `id-${username}`,
  username,
}));

describe('the user meant by a name', () => {
  it.each([
    ['one user, whatever the case', [bob], 'bOB', bob],
    ['the exact spelling of a pair of earlier times', [Ann, ann], 'ann', ann],
    ['neither of such a pair, if spelled like neither', [Ann, ann], 'ANN', null],
    ['nobody', [], 'ann', null],
  ])('is %s', (_who, alike, username, expected) => {
    expect(userNamed(alike as never[], username)).toBe(expected);
  });
});

describe('the user in the way of a name', () => {
  it.each([
    ['whoever has it in another case', [Ann], 'ann', null, Ann],
    ['nobody else, for a user who changes only the case', [Ann], 'ANN', 'id-Ann', Ann],
    ['nobody else, for one of a pair who keeps the spelling', [ann, Ann], 'Ann', 'id-Ann', Ann],
    ['the other of a pair, for one who changes the case', [Ann, ann], 'ANN', 'id-Ann', ann],
    ['nobody', [], 'ann', null, null],
  ])('is %s', (_who, alike, username, id, expected) => {
    expect(namesake(alike as never[], username, id)).toBe(expected);
  });
});
