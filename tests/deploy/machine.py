"""A Debian machine for tests, booted by systemd: namespaces of its own over a root file system that root.sh made."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
BUILD = Path(os.environ.get("REALPEER_BUILD", HERE.parents[1] / "build"))
BASE = BUILD / "debian"
CLEAN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}

# Run in new namespaces, as the first process of the machine's. What is mounted goes with the namespace.
BOOT = r"""
set -e
root=$1/root
mount --make-rprivate /
mount -t tmpfs tmpfs "$1/layer"
mkdir "$1/layer/upper" "$1/layer/work"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/layer/upper,workdir=$1/layer/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t bpf bpf "$root/sys/fs/bpf" -o mode=0700  # as systemd mounts it, which in a container does not
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -p "$root/srv/project"
mount --bind -o ro "$3" "$root/srv/project"
ip link set lo up
exec env -i container=other PATH=/usr/sbin:/usr/bin chroot "$root" /lib/systemd/systemd --log-target=journal --show-status=no
"""


class Failed(AssertionError):
    pass


def cgroup2():
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, point, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(point)
    raise Failed("no cgroup2 hierarchy is mounted")


def eventually(condition, seconds=10.0, what="what the test waits for"):
    """Waits for a condition; what it returned."""
    end = time.monotonic() + seconds
    while True:
        if result := condition():
            return result
        if time.monotonic() > end:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(0.01)


class Machine:
    """As a context: booted on entry, gone on exit, with all that ran on it."""

    def __init__(self, name):
        self.cgroup = cgroup2() / f"rpt-{name}-{os.getpid()}"
        self.folder = None
        self.unshare = None
        self.first = None

    def __enter__(self):
        subprocess.run([HERE / "root.sh", BASE], check=True)
        self.folder = Path(tempfile.mkdtemp(prefix="rpt-"))
        try:
            self._boot()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def _boot(self):
        for name in ("root", "layer"):
            (self.folder / name).mkdir()
        self.cgroup.mkdir()
        project = HERE.parents[1]
        # In the cgroup before the namespace is made: it becomes the root of what the machine sees.
        with open(self.folder / "boot.log", "wb") as log:
            self.unshare = subprocess.Popen(
                [*self._in_cgroup(), "unshare", "--mount", "--pid", "--fork", "--net", "--uts", "--ipc", "--cgroup",
                 "setpriv", "--pdeathsig", "KILL", "bash", "-c", BOOT, "boot", self.folder, BASE / "root", project],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.first = eventually(self._first_process, what="the first process of the machine")
        answers = ("running", "degraded")
        eventually(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() in answers,
                   30, "systemd has booted")

    def _in_cgroup(self):
        return ["sh", "-c", f'echo 0 > "{self.cgroup}/cgroup.procs" && exec "$@"', "sh"]

    def _first_process(self):
        if self.unshare.poll() is not None:
            raise Failed("the machine did not boot: " + (self.folder / "boot.log").read_text())
        children = Path(f"/proc/{self.unshare.pid}/task/{self.unshare.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def command(self, *words):
        return [*self._in_cgroup(), "nsenter", "--target", str(self.first), "--mount", "--uts", "--ipc", "--net", "--pid",
                "--cgroup", "--root", "env", "--chdir=/root", *map(str, words)]

    def run(self, *words, check=True, seconds=120, **options):
        """A command on it, to its end: what it said."""
        done = subprocess.run(self.command(*words), env=CLEAN, text=True, capture_output=True, timeout=seconds,
                              stdin=subprocess.DEVNULL, **options)
        if check and done.returncode != 0:
            raise Failed(f"{' '.join(map(str, words))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def shell(self, script, check=True, seconds=120):
        return self.run("bash", "-euo", "pipefail", "-c", script, check=check, seconds=seconds)

    def start(self, *words, **options):
        """A command on it that goes on."""
        return subprocess.Popen(self.command(*words), env=CLEAN, text=True, **options)

    def write(self, path, text):
        self.run("sh", "-c", 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1"', "sh", path, text)

    def __exit__(self, *_):
        if self.first:
            os.kill(self.first, signal.SIGKILL)  # and with it everything in its namespace
        if self.unshare:
            self.unshare.wait()
        folders = sorted(self.cgroup.rglob("*/"), key=lambda path: len(path.parts), reverse=True)
        for folder in [*folders, self.cgroup]:
            if folder.is_dir():
                eventually(lambda f=folder: not f.exists() or removed(f), what=f"{folder} is empty")
        if self.folder:
            shutil.rmtree(self.folder)


def removed(folder):
    try:
        folder.rmdir()
        return True
    except OSError:
        return False
