# install_missing PACKAGE...: installs those that dpkg does not know as installed. To be sourced.
install_missing() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    echo "missing packages: ${missing[*]}" >&2
    echo "install them with: sudo apt-get install ${missing[*]}" >&2
    return 1
  fi
  echo "installing: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # Services of test backends must not start by themselves: the tests start what they need.
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d.realpeer
  chmod +x /usr/sbin/policy-rc.d.realpeer
  local had_policy=0
  [ -e /usr/sbin/policy-rc.d ] && had_policy=1 || mv /usr/sbin/policy-rc.d.realpeer /usr/sbin/policy-rc.d
  local status=0
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || status=$?
  [ "$had_policy" -eq 1 ] || rm -f /usr/sbin/policy-rc.d
  rm -f /usr/sbin/policy-rc.d.realpeer
  return "$status"
}
