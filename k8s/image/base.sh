#!/bin/sh
# A Debian to build on where no registry can be reached: debootstrap's smallest, as the local image
# fotbot-base:bookworm of podman and of docker, whichever is here. It trusts whom this machine
# trusts, for what it downloads may come through a mirror of this place. Needs root.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v debootstrap >/dev/null || { apt-get -qq update && apt-get -qq install -y --no-install-recommends debootstrap >/dev/null; }
debootstrap --variant=minbase --include=ca-certificates bookworm "$work/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$work/log" 2>&1 || { tail -5 "$work/log" >&2; exit 1; }
sed -i 'p;s/ bookworm / bookworm-updates /' "$work/root/etc/apt/sources.list"
if [ -n "$(ls /usr/local/share/ca-certificates 2>/dev/null)" ]; then
	cp /usr/local/share/ca-certificates/* "$work/root/usr/local/share/ca-certificates/"
	chroot "$work/root" update-ca-certificates >/dev/null 2>&1
fi
rm -rf "$work/root/var/cache/apt/archives/"*.deb "$work/root/var/lib/apt/lists/"* "$work/root/var/log/"*
tar -C "$work/root" --sort=name --mtime=@0 --numeric-owner -cf "$work/base.tar" .
for engine in podman docker; do
	"$engine" info >/dev/null 2>&1 || continue
	"$engine" import "$work/base.tar" fotbot-base:bookworm >/dev/null
	echo "$engine has fotbot-base:bookworm"
done
