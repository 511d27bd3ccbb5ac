# shellcheck shell=bash
# What every recipe needs: saying what goes on, failing in one line, the cache, locks and keys.
# Sourced, never run. Whoever sources it may set "recipe" to the name that stands before each line.

shopt -s inherit_errexit
recipe=${recipe:-$(basename "$0")}

# say TEXT: one line of progress on standard error, with the seconds since the recipe started.
say() {
	printf '%s: %4ds  %s\n' "$recipe" "$SECONDS" "$*" >&2
}

# die TEXT: one line that says what is wrong, and the end.
die() {
	printf '%s: error: %s\n' "$recipe" "$*" >&2
	exit 1
}

# need COMMAND PACKAGE: COMMAND must be there; PACKAGE is the Debian package that brings it.
need() {
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ||
		die "\"$1\" is missing: apt-get install $2 (or make deps)"
}

need_root() {
	[ "$(id -u)" = 0 ] || die "must be run as root ($1)"
}

# need_space DIR MIB: DIR's file system must have that much room.
need_space() {
	local free
	free=$(df --output=avail -BM "$1" | tail -n 1 | tr -dc 0-9)
	[ "$free" -ge "$2" ] || die "not enough disk space in \"$1\": $2 MiB needed, $free MiB free"
}

# cache_dir: where products that outlive the work tree are kept.
cache_dir() {
	printf '%s\n' "${GASTHOF_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/gasthof}"
}

# key_of PATH...: a short hash of the names and contents of files and folders.
key_of() {
	local path
	for path in "$@"; do
		(
			cd "$(dirname "$path")"
			find "$(basename "$path")" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
			find "$(basename "$path")" -type l -printf '%p -> %l\n' | LC_ALL=C sort
		)
	done | sha256sum | cut -c 1-12
}

# lock NAME: waits for, then holds, the lock of that name in the cache until the recipe ends.
lock() {
	local file
	file=$(cache_dir)/$1.lock
	mkdir -p "$(cache_dir)"
	exec {lock_fd}>"$file"
	flock -n "$lock_fd" && return
	say "waiting for another build of $1"
	flock "$lock_fd"
}

# sweep PREFIX: removes the folders PREFIX-* of the cache but for the three that were used last, and
# those that were used within a day: another work tree may stand on them. Who uses one touches it.
sweep() {
	local folder
	find "$(cache_dir)" -mindepth 1 -maxdepth 1 -type d -name "$1-*" ! -name '*.new' \
		-printf '%T@ %p\n' | sort -rn | tail -n +4 | cut -d ' ' -f 2- |
		while IFS= read -r folder; do
			[ -n "$(find "$folder" -maxdepth 0 -mmin +1440)" ] || continue
			say "removed, not used for a day: $folder"
			rm -rf --one-file-system "$folder"
		done
}
