/**
 * A function for any POSIX shell with a `grep` that knows -o and -z. `bearing FILE REGEX` looks for
 * the processes with an entry in /proc/PID/FILE, `environ` or `cmdline`, that matches; what matches
 * is longer than one character. It prints their pids, a line each, and `doubt` if there may be more
 * of them: in the middle of an execve(2) both files read empty, and one has to look again. It
 * has no doubt about what it may not read, and, as `hasEnvironment`, about the dead (by their state),
 * kernel threads (vsize 0) and what was started without an environment (env_start is env_end once
 * end_code is set): proc_pid_stat(5).
 */
export const BEARING = `
bearing() {
  all=$(echo /proc/[0-9]*)
  LC_ALL=C grep -aosHzE -e "$2|^." /proc/[0-9]*/"$1" | tr '\\n\\0' ' \\n' |
    LC_ALL=C sed 's/:.$//' | uniq | {
    seen=
    while IFS= read -r line; do
      process=\${line%%/"$1"*} found=\${line#*/"$1"}
      seen="$seen $process "
      if [ -n "$found" ]; then echo "\${process#/proc/}"; fi
    done
    for process in $all; do
      case $seen in *" $process "*) ;; *) is_clear "$process" "$1" || echo doubt ;; esac
    done
  }
}

is_clear() {
  true 2>/dev/null <"$1/$2" || return 0
  read -r stat 2>/dev/null <"$1/stat" || return 0
  # The fields from the state on, which is number 3.
  set -- \${stat##*) }
  case $1 in [ZX]) return 0 ;; esac
  [ "\${21}" != 0 ] || return 0
  [ "\${25}" != 0 ] && [ "\${48}" = "\${49}" ]
}
`;
