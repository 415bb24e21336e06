#!/bin/sh
# What the tests need from the system: a browser for the page tests, and feed readers.
# Installs them where that is possible without asking; otherwise says what is missing.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v newsboat >/dev/null 2>&1 || missing="$missing newsboat"
command -v sfeed >/dev/null 2>&1 || missing="$missing sfeed"
perl -MXML::Feed -e1 >/dev/null 2>&1 || missing="$missing libxml-feed-perl"
perl -MXML::FeedPP -e1 >/dev/null 2>&1 || missing="$missing libxml-feedpp-perl"
ruby -rrss -e1 >/dev/null 2>&1 || missing="$missing ruby"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing$missing"
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "the tests need$missing: install them with your system's package manager" >&2
  exit 1
fi
