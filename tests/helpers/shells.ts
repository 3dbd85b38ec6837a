import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { COMPLETIONS } from '../../src/cli/completion-scripts';
import { temporaryDirectory } from './engine';
import { MAIN } from './process';

export type RealShell = 'zsh' | 'fish';

/** Tests in a real shell: skipped, with a message, if it is missing; with CI=true they fail. */
export function describeWithShell(shell: RealShell, name: string, fn: () => void): void {
  const has = spawnSync(shell, ['--version']).status === 0;
  if (has || process.env.CI === 'true') return void describe(name, fn);
  process.stderr.write(`SKIPPED "${name}": there is no ${shell}\n`);
  describe.skip(name, fn);
}

/** A home directory in which `holdfast` is a command, and each shell has its completion script. */
export class Home {
  readonly path = temporaryDirectory();

  constructor() {
    this.write('bin/holdfast', `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`, 0o755);
    this.write('zsh/_holdfast', COMPLETIONS.zsh);
    this.write('.config/fish/completions/holdfast.fish', COMPLETIONS.fish);
  }

  /** Writes a file below it. */
  write(name: string, content: string, mode = 0o644): void {
    const path = join(this.path, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content, { mode });
  }

  /** The words that a shell offers at Tab after this line. */
  async offered(shell: RealShell, line: string, env: Record<string, string>): Promise<string[]> {
    return shell === 'fish' ? this.byFish(line, env) : this.byZsh(line, env);
  }

  private async byFish(line: string, env: Record<string, string>): Promise<string[]> {
    const said = await this.run('fish', ['-c', 'complete -C "$argv[1]"', '--', line], env);
    return said.split('\n').flatMap((word) => (word === '' ? [] : [word.split('\t')[0]!]));
  }

  /** On a terminal of its own, as zsh completes nothing without: it shows a list, then a mark. */
  private async byZsh(line: string, env: Record<string, string>): Promise<string[]> {
    const said = await this.run('zsh', ['-f', '-c', IN_ZSH, 'zsh', line], env);
    const cleared = said.slice(said.lastIndexOf(CLEARED) + CLEARED.length);
    // The line itself, and its first letter alone, are drawn again.
    return stripVTControlCharacters(cleared)
      .split(/[\r\n]+/)
      .map((row) => row.replace(/<done>.*/s, '').replace(/ -- \S.*/, ''))
      .filter((row) => row !== line[0] && !row.includes(line.trimEnd()))
      .flatMap((row) => row.split(/\s+/).filter((word) => word !== ''));
  }

  private async run(
    program: string,
    words: string[],
    env: Record<string, string>,
  ): Promise<string> {
    const child = spawn(program, words, {
      cwd: this.path,
      env: {
        HOME: this.path,
        PATH: `${join(this.path, 'bin')}:/usr/bin:/bin`,
        LANG: 'C.UTF-8',
        TERM: 'xterm',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
    });
    const ended = once(child, 'close');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect({ code: (await ended)[0] as number, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  }
}

/** zsh clears the screen below the line before it shows a list. */
const CLEARED = '\u001b[J';

/**
 * Starts an interactive zsh, with the completion found as an own script is found, and types the line,
 * Tab and a key that prints a mark.
 */
const IN_ZSH = `
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner 'PS1= RPS1=; setopt no_prompt_sp; stty columns 300 -echo
  fpath=($HOME/zsh $fpath); autoload -Uz compinit
  compinit -u -D; zle -C offers list-choices _generic; bindkey "^I" offers
  mark() { print -r -- "<done>"; BUFFER= }; zle -N mark; bindkey "^X" mark; print ready'
while zpty -r inner row; do [[ $row == ready* ]] && break; done
zpty -w -n inner "$1"$'\\t\\x18'
while zpty -r inner row; do print -r -- $row; [[ $row == *'<done>'* ]] && break; done
zpty -d inner
`;
