import { parseEnv } from 'node:util';
import { readLines } from '../src/env-file';

const KEY = '-----BEGIN KEY-----\nnot = a line\n# nor this\n-----END KEY-----';

describe('the lines of a .env', () => {
  it.each([
    'A=1\nB=2',
    'A=1\r\nB=\r\nC=3\r\n',
    '# c\n\n  export A = 1 # d\nB=x=y',
    `A="${KEY}"\nB=1`,
    `A='${KEY}' # "c\nB=1`,
    `A=\`${KEY}\`\nB=it's`,
    'A="x" # "c\nB=1"\nC=2',
  ])('that set variables are those that Node reads: %j', (text) => {
    const { sets, problems } = readLines(text);
    expect(sets.map(({ name }) => name)).toEqual(Object.keys(parseEnv(text)));
    expect(problems).toEqual([]);
    for (const { name, line } of sets) expect(text.split('\n')[line - 1]).toContain(name);
  });

  it.each<[string, number, string | undefined, RegExp]>([
    ['A=1\nhunter2\nB=2', 2, undefined, /^is not NAME=value; a comment/],
    ['export A\nB=2', 1, undefined, /^is not NAME=value; a comment/],
    ['A: hunter2', 1, undefined, /^is not NAME=value; a comment/],
    ['MAX-BODY=hunter2', 1, undefined, /^is not NAME=value: a name has/],
    ['=hunter2', 1, undefined, /^is not NAME=value: a name has/],
    ['A="hunter2\nB=2', 1, 'A', /^begins with a quote that is not closed$/],
    ['A=1\nB=2\nexport A=hunter2', 3, 'A', /^is set in line 1 already; keep one of them$/],
    [`A="${KEY}"\nA=hunter2`, 5, 'A', /^is set in line 1 already/],
  ])(
    'that do not do what they seem to are told without their text: %j',
    (text, line, field, says) => {
      const { problems } = readLines(text);
      expect(problems).toEqual([
        { line, ...(field && { field }), message: expect.stringMatching(says) },
      ]);
      expect(JSON.stringify(problems)).not.toContain('hunter2');
    },
  );

  it('with blanks for a value are told, because Node takes the next line for it', () => {
    const text = 'A=  \nB=2\nC= ';
    expect(parseEnv(text)).toEqual({ A: 'B=2', C: '' });
    expect(readLines(text).problems).toEqual([
      { line: 1, field: 'A', message: expect.stringContaining('has only blanks as its value') },
    ]);
  });
});
