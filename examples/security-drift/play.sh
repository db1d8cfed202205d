#!/usr/bin/env bash
# The story of README.md. In namespaces of its own: unshare --user --map-root-user --mount --net bash play.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
story=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$story"' EXIT

# A user, a home and a file, as the machine of the story has them.
home=$story/home/ana
mkdir -p "$home/.ssh" "$home/.config/systemd/user" "$story/config"
ssh_key() { printf 'ssh-ed25519 %s %s\n' "$(printf '\0\0\0\013ssh-ed25519\0\0\0 %s' "$1" | base64 -w0)" "$2"; }
ssh_key 0123456789abcdef0123456789abcdef ana@laptop > "$home/.ssh/authorized_keys"
chmod 700 "$home/.ssh" && chmod 600 "$home/.ssh/authorized_keys"
echo 'PermitRootLogin no' > "$story/sshd_config"
printf 'root:x:0:0:root:/nonexistent:/usr/sbin/nologin\nana:x:0:0:Ana:%s:/bin/bash\n' "$home" > "$story/passwd"
printf 'root:x:0:\n' > "$story/group"
mount --bind "$story/passwd" /etc/passwd
mount --bind "$story/group" /etc/group
printf 'inventory:\n  files: ["%s"]\n' "$story/sshd_config" > "$story/config/config.yaml"

export XDG_CACHE_HOME=$story/cache
node=$root/node_modules/.bin/node
holdfast() { "$node" "$root/bin/holdfast.js" --config "$story/config/config.yaml" --state-dir "$story/state" "$@"; }
scan() { echo "== $1"; holdfast run "$here/drift.yaml"; }
titles() { holdfast findings -o json | "$node" -e '
  let text = ""; process.stdin.on("data", (part) => (text += part)).on("end", () => {
    for (const { severity, title } of JSON.parse(text).findings) console.log(`FOUND ${severity} ${title}`); });'; }

scan 'the first scan takes the baseline'
scan 'nothing changed'
titles

"$node" -e 'require("net").createServer().listen(8443, "0.0.0.0", () => console.log("listening"))' > "$story/server" &
server=$!
until grep -q listening "$story/server"; do sleep 0.1; done
ssh_key fedcba9876543210fedcba9876543210 mallory@nowhere >> "$home/.ssh/authorized_keys"
printf '[Timer]\nOnCalendar=hourly\n[Install]\nWantedBy=timers.target\n' > "$home/.config/systemd/user/beacon.timer"
printf '[Service]\nExecStart=/bin/true\n' > "$home/.config/systemd/user/beacon.service"
echo 'PermitRootLogin yes' > "$story/sshd_config"

scan 'after four changes'
titles
cp "$story/passwd" "$story/aside" && echo 'half a li' >> "$story/passwd"
scan 'a part can not be read'
titles
cat "$story/aside" > "$story/passwd"
holdfast baseline diff
echo '== accepted'
holdfast baseline accept --reason 'the story says so'
scan 'after accepting'
titles
holdfast baseline history
holdfast audit verify
