/** The script of each shell; on Tab it asks `holdfast __complete` about the words so far. */
export const COMPLETIONS = {
  bash: `# bash completion for holdfast
_holdfast() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = :files ]; then
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(holdfast __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _holdfast holdfast
`,
  zsh: `#compdef holdfast
_holdfast() {
  local line word
  local -a described
  for line in "\${(@f)$(holdfast __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      _files
    elif [[ -n $line ]]; then
      word=\${\${line%%$'\\t'*}//:/\\\\:}
      # Without a description, no colon: zsh would show its separator.
      described+=("$word\${\${line#*$'\\t'}:+:\${line#*$'\\t'}}")
    fi
  done
  (( $#described )) && _describe holdfast described
}
if [ "$funcstack[1]" = _holdfast ]; then
  _holdfast "$@"
else
  compdef _holdfast holdfast
fi
`,
  fish: `# fish completion for holdfast
function __holdfast_complete
  set -l words (commandline -opc) "$(commandline -ct)"
  for line in (holdfast __complete -- $words[2..-1] 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path "$(commandline -ct)"
    else
      echo $line
    end
  end
end
complete -c holdfast -f -a '(__holdfast_complete)'
`,
} satisfies Record<string, string>;

export type Shell = keyof typeof COMPLETIONS;
