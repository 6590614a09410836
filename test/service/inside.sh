#!/bin/sh
# What happens in the guest, without a hand: once at its first start, and once more after a reboot. Each line for the test goes to the
# serial port, behind TRIAL.
cd /trial
tell() { echo "$*" | sed 's/^/TRIAL /' > /dev/ttyS0; }
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" /run/weir/weir/status.json; }
# Until the image runs with a greater number than this, is ready and alive
runs_after() {
  n=0
  until [ -e /run/weir/weir/status.json ] && [ "$(field boot)" -gt "$1" ] && [ "$(field state)" = ready ] && [ "$(field beats)" -gt 0 ]; do
    n=$((n + 1))
    if [ $n -gt 1200 ]; then
      tell "FAILED $2"
      tell "$(journalctl -u weir@weir --no-pager | tail -30)"
      systemctl poweroff
      exit 1
    fi
    sleep 0.2
  done
  tell "ok $2: start $(field boot)"
}

if [ ! -e rebooted ]; then
  said=$(weir host setup --name weir --user weir --watch eth0 --out eth1 --log eth2 2>&1)
  tell "weir host setup: exit code $?: $said"
  said=$(weir deploy good.elf --patience 240 2>&1)
  tell "weir deploy: exit code $?: $said"
  systemctl enable weir@weir
  runs_after 0 "service up"
  tell "as $(ps -o user= -C qemu-system-x86 | head -1), $(systemctl show -p StatusText --value weir@weir)"
  before=$(field boot)
  pkill -KILL qemu-system
  runs_after "$before" "QEMU killed, back"
  before=$(field boot)
  pkill -STOP qemu-system
  runs_after "$before" "QEMU hangs, watchdog, back"
  field boot > rebooted
  tell rebooting
  sync
  systemctl reboot
else
  runs_after "$(cat rebooted)" "rebooted, back"
  for image in dead silent; do
    said=$(weir deploy "$image.elf" --patience 60 2>&1)
    tell "$image image: exit code $?: $said"
  done
  runs_after "$(cat rebooted)" "at last"
  tell "$(journalctl -u weir@weir -p 4 --no-pager -o cat | tail -12)"
  tell end
  systemctl poweroff
fi
