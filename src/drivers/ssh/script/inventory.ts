/**
 * Lists everything on a host by which somebody could come back. Each line is a subject, a tab, and
 * what is known of it.
 */
export const INVENTORY = String.raw`
marked='holdfast/'

# The users of other installations come and go. If holders may become root, anybody can be marked as
# such a user, so then they count like all others.
foreign_uids() {
  if [ "$foreign" = ignored ]; then
    awk -F: -v mark="$marked" -v own="holdfast/$inst/$res/" -v first="$first" -v last="$last" '
      index($5, mark) == 1 && index($5, own) != 1 && $3 >= first && $3 <= last { print $3 }' /etc/passwd
  fi
}

list_users() {
  awk -F: -v skip=" $skipped " 'index(skip, " " $3 " ") { next } {
    print "user " $1 "\t" $3 ":" $4 ":" $5 ":" $6 ":" $7 }' /etc/passwd
  awk -F: -v skip=" $skipped " '
    NR == FNR { if (index(skip, " " $3 " ")) ours[$1] = 1; next }
    $1 in ours { next }
    { count = split($4, names, ","); members = ""
      for (i = 1; i <= count; i++) if (!(names[i] in ours)) members = members "," names[i]
      print "group " $1 "\t" $3 ":" members }' /etc/passwd /etc/group
  while IFS=: read -r name hash rest; do
    if awk -F: -v skip=" $skipped " -v name="$name" '
      $1 == name && index(skip, " " $3 " ") { found = 1 } END { exit !found }' /etc/passwd; then continue; fi
    case $hash in
      '' | '!'* | '*'*) printf 'password of %s\t%s\n' "$name" "$(echo "$hash" | cut -c 1)" ;;
      *) printf 'password of %s\t%s\n' "$name" "$(printf '%s' "$name:$hash" | sha256sum | cut -c 1-64)" ;;
    esac
  done </etc/shadow
}

# find_code ACTION FOLDER…: without what daemons and other users change all the time.
find_code() {
  action=$1
  shift
  # shellcheck disable=SC2086 # lists of words
  find "$@" -xdev $not_foreign \
    ! -path '/etc/passwd*' ! -path '/etc/shadow*' ! -path '/etc/group*' ! -path '/etc/gshadow*' \
    ! -path '/etc/sub?id-' ! -path '/etc/sub?id.lock' ! -path /etc/.pwd.lock ! -path /etc/mtab \
    ! -path /etc/ld.so.cache ! -path /etc/adjtime ! -path '*/atjobs/.SEQ' ! -path '*/atjobs/.lockfile' \
    ! -path '/run/systemd/transient/*.scope*' ! -name known_hosts ! -name 'known_hosts.*' \
    $action 2>/dev/null
}

# Files of folders, each with its type, rights, owner, what is in it, and where it points.
list_files() {
  find_code '-printf %p\t%y|%m|%U:%G|%l\0' "$@" | as_lines
  find_code '-type f -print0' "$@" | xargs -0r sha256sum -z 2>/dev/null | as_lines |
    awk '{ print "content of " substr($0, 67) "\t" substr($0, 1, 64) }'
}

# The files of homes by which somebody logs in, or which run when somebody else does.
home_files() {
  awk -F: -v skip=" $skipped " 'index(skip, " " $3 " ") { next } $6 ~ "^/." { print $6 }' /etc/passwd |
    sort -u | while IFS= read -r home; do
      for file in .ssh .bashrc .profile .bash_profile .bash_login .bash_logout .zshrc .zshenv .zprofile \
        .pam_environment .rhosts .shosts .forward .config/systemd .config/autostart .local/share/systemd; do
        if [ -e "$home/$file" ] || [ -L "$home/$file" ]; then printf '%s\n' "$home/$file"; fi
      done
    done
}

list_code() {
  for folder in /etc /usr/local/bin /usr/local/sbin /usr/local/lib/systemd /var/spool/cron \
    /var/lib/systemd/linger /run/systemd/system /run/systemd/transient; do
    [ ! -d "$folder" ] || list_files "$folder"
  done
  home_files | while IFS= read -r file; do list_files "$file"; done
  # shellcheck disable=SC2086
  find $roots -xdev $not_foreign -type f -perm /6000 -printf 'setuid %p\t%m %U:%G\0' 2>/dev/null |
    as_lines
  # shellcheck disable=SC2086
  find $roots -xdev $not_foreign \( -type b -o -type c \) -printf 'device %p\t%m %U:%G\0' \
    2>/dev/null | as_lines
  if command -v getcap >/dev/null; then
    # shellcheck disable=SC2086
    getcap -r $roots 2>/dev/null |
      awk '{ path = $0; sub(/ [^ ]*$/, "", path); print "capabilities of " path "\t" $NF }'
  fi
}

# Sockets that listen. UDP ports that the kernel gives to whoever asks for any are left out.
list_sockets() {
  lowest=$(cut -f1 /proc/sys/net/ipv4/ip_local_port_range 2>/dev/null)
  for protocol in tcp tcp6 udp udp6; do
    awk -v protocol="$protocol" -v skip=" $skipped " '
      NR > 1 && ($4 == "0A" || (protocol ~ /^udp/ && $4 == "07")) && !index(skip, " " $8 " ") {
        print protocol, $2, $8 }' "/proc/net/$protocol" 2>/dev/null
  done | while read -r protocol address uid; do
    port=$(printf '%d' "0x$(echo "$address" | cut -d: -f2)")
    case $protocol in udp*) [ "$port" -lt "$lowest" ] || continue ;; esac
    printf 'listener %s %s\tuid %s\n' "$protocol" "$(echo "$address" | cut -d: -f1):$port" "$uid"
  done
}

list_mounts() {
  awk '$2 !~ "^/(run/user|proc|sys)(/|$)" { print "mount " $2 "\t" $3 " " $1 }' /proc/mounts
}

inventory() {
  skipped=$(foreign_uids | tr '\n' ' ')
  not_foreign=''
  for uid in $skipped; do not_foreign="$not_foreign ! -uid $uid"; done
  { list_users; list_code; list_sockets; list_mounts; } | sort -u
}
`;
